// Lucene on workload W1, driven by the benchmark through its standard input, so that its rounds
// interleave with those of the other engines.
// Arguments: folder with seekers.bin and postings.bin; folder for the index.
// Commands, one a line, each answered by one line:
//   build                      -> "built SECONDS BYTES"
//   run FORM THREADS [FILE]    -> "ran WALL_SECONDS CPU_SECONDS" and for each posting the
//                                 microseconds of core time and those that passed
// FORM is exhaustive or wand (W1a), or expert (W1b). FILE receives the answers: for each posting
// the number of people, then id and score of each, as little-endian 32-bit numbers.
// SPDX-License-Identifier: Apache-2.0
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopScoreDocCollector;
import org.apache.lucene.store.MMapDirectory;

public final class W1Lucene {
  private static final int TOP = 100;

  private final W1Files.Seekers seekers;
  private final List<W1Files.Posting> postings;
  private final Path indexFolder;
  private DirectoryReader reader;
  private IndexSearcher searcher;

  private W1Lucene(Path data, Path indexFolder) throws IOException {
    seekers = W1Files.readSeekers(data.resolve("seekers.bin"));
    postings = W1Files.readPostings(data.resolve("postings.bin"));
    this.indexFolder = indexFolder;
  }

  public static void main(String[] arguments) throws Exception {
    W1Lucene lucene = new W1Lucene(Path.of(arguments[0]), Path.of(arguments[1]));
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(lucene.answer(line.trim().split(" ")));
      System.out.flush();
    }
  }

  private String answer(String[] words) throws Exception {
    if (words[0].equals("build")) {
      return build();
    }
    Path answers = words.length > 3 ? Path.of(words[3]) : null;
    return run(words[1], Integer.parseInt(words[2]), answers);
  }

  private String build() throws IOException {
    long start = System.nanoTime();
    long size = W1Index.build(seekers, indexFolder);
    reader = DirectoryReader.open(new MMapDirectory(indexFolder));
    searcher = new IndexSearcher(reader);
    // Postings differ from each other: a cache of whole queries would only cost.
    searcher.setQueryCache(null);
    return "built " + (System.nanoTime() - start) / 1e9 + " " + size;
  }

  private String run(String form, int threads, Path answersFile) throws Exception {
    int count = postings.size();
    int[][] answers = new int[count][];
    long[] passed = new long[count];
    long[] used = new long[count];
    ThreadMXBean clock = ManagementFactory.getThreadMXBean();
    AtomicInteger next = new AtomicInteger();
    AtomicLong cpu = new AtomicLong();
    List<Thread> workers = new ArrayList<>();
    long start = System.nanoTime();
    for (int t = 0; t < threads; t++) {
      Thread worker = new Thread(() -> {
        for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
          long before = System.nanoTime();
          long usedBefore = clock.getCurrentThreadCpuTime();
          answers[i] = search(form, postings.get(i));
          used[i] = clock.getCurrentThreadCpuTime() - usedBefore;
          passed[i] = System.nanoTime() - before;
        }
        cpu.addAndGet(clock.getCurrentThreadCpuTime());
      });
      workers.add(worker);
      worker.start();
    }
    for (Thread worker : workers) {
      worker.join();
    }
    long wall = System.nanoTime() - start;
    if (answersFile != null) {
      write(answers, answersFile);
    }
    StringBuilder line = new StringBuilder("ran " + wall / 1e9 + " " + cpu.get() / 1e9);
    for (int i = 0; i < count; i++) {
      line.append(' ').append(used[i] / 1e3).append(' ').append(passed[i] / 1e3);
    }
    return line.toString();
  }

  /** Ids and scores, alternating, best first. */
  private int[] search(String form, W1Files.Posting posting) {
    try {
      if (form.equals("expert")) {
        W1FilteredTop top = new W1FilteredTop(seekers, posting);
        searcher.search(W1Queries.broad(posting), top);
        return top.idsAndScores(W1Queries.freePoints(posting));
      }
      int threshold = form.equals("wand") ? 1 : Integer.MAX_VALUE;
      TopScoreDocCollector collector = TopScoreDocCollector.create(TOP, null, threshold);
      searcher.search(W1Queries.selective(posting), collector);
      ScoreDoc[] rows = collector.topDocs().scoreDocs;
      int[] result = new int[2 * rows.length];
      for (int i = 0; i < rows.length; i++) {
        result[2 * i] = rows[i].doc;
        result[2 * i + 1] = Math.round(rows[i].score);
      }
      return result;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void write(int[][] answers, Path file) throws IOException {
    int words = 0;
    for (int[] answer : answers) {
      words += 1 + answer.length;
    }
    ByteBuffer bytes = ByteBuffer.allocate(4 * words).order(ByteOrder.LITTLE_ENDIAN);
    for (int[] answer : answers) {
      bytes.putInt(answer.length / 2);
      for (int word : answer) {
        bytes.putInt(word);
      }
    }
    Files.write(file, bytes.array());
  }
}
