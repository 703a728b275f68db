// A service for the tests of the transport only.
namespace cpp noren.echo
namespace py noren_echo

struct Leaf {
  1: string text
  2: i64 number
}

struct Tree {
  1: list<Tree> children
  2: list<Leaf> leaves
}

service Echo {
  // Gives the text back.
  string Say(1: string text)
  // "<role>:<name>" of the caller.
  string WhoAmI()
  // Counts the leaves.
  i32 CountLeaves(1: list<Leaf> leaves)
  // Counts the nodes of a tree.
  i32 CountNodes(1: Tree tree)
  // Answers after that many milliseconds, or earlier with false when the call should stop.
  bool Sleep(1: i32 milliseconds)
  // Answers with that many bytes.
  binary Make(1: i32 size_bytes)
  // The handler throws an exception that quotes the text.
  void Fail(1: string text)
  oneway void Note(1: string text)
}
