// The best 100 of the people whose employment type and wage fit, read from arrays: what an expert
// writes so that Lucene's bulk scorer can be used for a broad query.
// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.Collector;
import org.apache.lucene.search.LeafCollector;
import org.apache.lucene.search.Scorable;
import org.apache.lucene.search.ScoreMode;

final class W1FilteredTop implements Collector {
  private static final int TOP = 100;
  private static final int LARGEST_ID = 0x7fffffff;

  private final W1Files.Seekers seekers;
  private final W1Files.Posting posting;
  /** A heap of score and reversed id in one number; the worst first. */
  private final long[] heap = new long[TOP];
  private int size = 0;

  W1FilteredTop(W1Files.Seekers seekers, W1Files.Posting posting) {
    this.seekers = seekers;
    this.posting = posting;
  }

  @Override
  public ScoreMode scoreMode() {
    return ScoreMode.COMPLETE;
  }

  @Override
  public LeafCollector getLeafCollector(LeafReaderContext context) {
    return new LeafCollector() {
      private Scorable scorer;

      @Override
      public void setScorer(Scorable scorer) {
        this.scorer = scorer;
      }

      @Override
      public void collect(int doc) throws IOException {
        int seeker = doc + context.docBase;
        if ((seekers.employmentBits()[seeker] & posting.employmentBits()) != 0
            && seekers.wages()[seeker] <= posting.wage()) {
          offer((long) Math.round(scorer.score()) << 32 | LARGEST_ID - seeker);
        }
      }
    };
  }

  /** Best first: ids and scores, alternating. */
  int[] idsAndScores(int freePoints) {
    long[] sorted = Arrays.copyOf(heap, size);
    Arrays.sort(sorted);
    int[] result = new int[2 * size];
    for (int i = 0; i < size; i++) {
      long row = sorted[size - 1 - i];
      result[2 * i] = LARGEST_ID - (int) row;
      result[2 * i + 1] = (int) (row >>> 32) + freePoints;
    }
    return result;
  }

  private void offer(long row) {
    if (size < TOP) {
      heap[size++] = row;
      if (size == TOP) {
        Arrays.sort(heap);
      }
    } else if (row > heap[0]) {
      replaceWorst(row);
    }
  }

  private void replaceWorst(long row) {
    int at = 0;
    while (2 * at + 1 < TOP) {
      int child = 2 * at + 1;
      if (child + 1 < TOP && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= row) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = row;
  }
}
