// The files of workload W1 (docs/formats/w1.md), read into arrays.
// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

final class W1Files {
  /** The lists of all people, one after another; person i has values[begins[i]..begins[i + 1]). */
  record Lists(int[] begins, int[] values) {}

  record Seekers(int count, Lists skills, int[] levels, Lists occupations, Lists regions,
      Lists licences, int[] employmentBits, int[] wages, int[] experiences, int[] educations) {}

  record Posting(int[] occupations, int[] regions, int[] licences, int[] requiredSkills,
      int[] preferredSkills, int[] weights, int employmentBits, int wage, int minExperience,
      int minEducation) {}

  private W1Files() {}

  static Seekers readSeekers(Path file) throws IOException {
    ByteBuffer in = map(file);
    int count = in.getInt();
    int[] skillBegins = wordList(in);
    int[] skills = shortList(in);
    int[] levels = byteList(in);
    return new Seekers(count, new Lists(skillBegins, skills), levels, lists(in), lists(in),
        lists(in), byteList(in), byteList(in), byteList(in), byteList(in));
  }

  static List<Posting> readPostings(Path file) throws IOException {
    ByteBuffer in = map(file);
    int count = in.getInt();
    List<Posting> postings = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      postings.add(new Posting(shortList(in), shortList(in), shortList(in), shortList(in),
          shortList(in), byteList(in), in.get(), in.get(), in.get(), in.get()));
    }
    return postings;
  }

  private static ByteBuffer map(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
          .order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  private static Lists lists(ByteBuffer in) {
    return new Lists(wordList(in), shortList(in));
  }

  private static int[] wordList(ByteBuffer in) {
    int[] values = new int[(int) in.getLong()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.getInt();
    }
    return values;
  }

  private static int[] shortList(ByteBuffer in) {
    int[] values = new int[(int) in.getLong()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.getShort() & 0xffff;
    }
    return values;
  }

  private static int[] byteList(ByteBuffer in) {
    int[] values = new int[(int) in.getLong()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.get() & 0xff;
    }
    return values;
  }
}
