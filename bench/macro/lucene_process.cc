// SPDX-License-Identifier: Apache-2.0
#include "bench/macro/lucene_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "datasets/generate/w1/w1_rows.h"

extern char** environ;

namespace noren::bench {
namespace {

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};
StatusOr<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return Unavailable("a pipe cannot be made");
  return Pipe{ends[0], ends[1]};
}

StatusOr<int> Spawn(std::vector<std::string> words, int in, int out) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  pid_t process = 0;
  const int failed =
      posix_spawnp(&process, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return Unavailable("java cannot be started");
  return process;
}

// For each posting a count, then id and score of each; 32-bit words.
StatusOr<std::vector<Answer>> ParseAnswers(const std::string& bytes) {
  std::vector<std::int32_t> words(bytes.size() / sizeof(std::int32_t));
  std::memcpy(words.data(), bytes.data(), words.size() * sizeof(std::int32_t));
  std::vector<Answer> answers;
  for (std::size_t at = 0; at < words.size();) {
    const auto count = static_cast<std::size_t>(words[at++]);
    if (count > (words.size() - at) / 2) return DataLoss("answers of Lucene are cut short");
    Answer answer;
    for (std::size_t i = 0; i < count; ++i, at += 2) {
      answer.push_back({w1::RowIdOf(static_cast<std::size_t>(words[at])), words[at + 1], 0});
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace

StatusOr<std::unique_ptr<LuceneProcess>> LuceneProcess::Start(const LuceneOptions& options) {
  // A process that has ended shows as a failed write, not as a signal.
  signal(SIGPIPE, SIG_IGN);
  NOREN_ASSIGN_OR_RETURN(const Pipe to, MakePipe());
  NOREN_ASSIGN_OR_RETURN(const Pipe from, MakePipe());
  const auto process = Spawn({"java", "-Xmx6g", "-cp", options.class_path, "W1Lucene",
                              options.data_folder, options.index_folder},
                             to.read_end, from.write_end);
  close(to.read_end);
  close(from.write_end);
  if (!process.ok()) {
    close(to.write_end);
    close(from.read_end);
    return process.status();
  }
  return std::unique_ptr<LuceneProcess>(
      new LuceneProcess(options.data_folder, *process, to.write_end, from.read_end));
}

LuceneProcess::LuceneProcess(std::string data_folder, int process, int to, int from)
    : data_folder_(std::move(data_folder)), process_(process), to_(to), from_(from) {}

LuceneProcess::~LuceneProcess() {
  close(to_);  // the end of its input is the end of the process
  close(from_);
  waitpid(process_, nullptr, 0);
}

StatusOr<std::string> LuceneProcess::Ask(const std::string& line) {
  const std::string sent = line + "\n";
  if (write(to_, sent.data(), sent.size()) != static_cast<ssize_t>(sent.size())) {
    return Unavailable("Lucene does not listen");
  }
  std::string answer;
  std::array<char, 65536> piece{};
  while (!answer.ends_with('\n')) {
    const ssize_t got = read(from_, piece.data(), piece.size());
    if (got <= 0) return Unavailable("Lucene has ended");
    answer.append(piece.data(), static_cast<std::size_t>(got));
  }
  return answer;
}

StatusOr<LuceneProcess::Built> LuceneProcess::Build() {
  NOREN_ASSIGN_OR_RETURN(const std::string answer, Ask("build"));
  std::istringstream words(answer);
  std::string word;
  Built built;
  words >> word >> built.seconds >> built.index_bytes;
  if (word != "built" || !words) return DataLoss("Lucene gave no index");
  return built;
}

StatusOr<Round> LuceneProcess::Run(std::string_view form, int threads) {
  NOREN_ASSIGN_OR_RETURN(const std::string answer,
                         Ask("run " + std::string(form) + " " + std::to_string(threads)));
  std::istringstream words(answer);
  std::string word;
  Round round;
  round.threads = threads;
  words >> word >> round.wall_seconds >> round.cpu_seconds;
  if (word != "ran" || !words) return DataLoss("Lucene gave no times");
  for (double used = 0, passed = 0; words >> used >> passed;) {
    round.latencies_us.push_back(used);
    round.wall_latencies_us.push_back(passed);
  }
  round.queries_count = round.latencies_us.size();
  return round;
}

StatusOr<std::vector<Answer>> LuceneProcess::Answers(std::string_view form) {
  const std::string path = data_folder_ + "/lucene_answers.bin";
  NOREN_RETURN_IF_ERROR(Ask("run " + std::string(form) + " 1 " + path).status());
  std::ifstream in(path, std::ios::binary);
  return ParseAnswers({std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
}

}  // namespace noren::bench
