// Workload W1 as a Lucene index: what gives points is a feature whose value is the score's factor,
// what is a condition is a term or a number. One segment, documents in the order of the people.
// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.FeatureField;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;

final class W1Index {
  static final String FEATURES = "features";
  static final String TERMS = "terms";
  static final String WAGE = "wage";
  static final String EXPERIENCE = "experience";
  static final String EDUCATION = "education";
  /** The least experiences and educations that postings ask for; each is a feature of its own. */
  static final int[] EXPERIENCES = {1, 2, 3, 5, 8};
  static final int MAX_ASKED_EDUCATION = 4;

  private W1Index() {}

  static int subMajorOf(int occupation) {
    return occupation / 10;
  }

  static int minorOf(int occupation) {
    int unit = occupation % 10;
    return occupation / 10 * 3 + (unit < 3 ? 0 : unit < 6 ? 1 : 2);
  }

  /** Returns the size of the index in bytes. */
  static long build(W1Files.Seekers seekers, Path folder) throws IOException {
    IndexWriterConfig config = new IndexWriterConfig();
    config.setRAMBufferSizeMB(1500);
    config.setUseCompoundFile(false);
    // This one keeps the order of documents, so that Lucene breaks ties as the workload does.
    config.setMergePolicy(new LogDocMergePolicy());
    try (Directory directory = new MMapDirectory(folder);
        IndexWriter writer = new IndexWriter(directory, config)) {
      for (int i = 0; i < seekers.count(); i++) {
        writer.addDocument(documentOf(seekers, i));
      }
      writer.forceMerge(1);
      writer.commit();
      long size = 0;
      for (String file : directory.listAll()) {
        size += directory.fileLength(file);
      }
      return size;
    }
  }

  private static Document documentOf(W1Files.Seekers seekers, int i) {
    Document document = new Document();
    W1Files.Lists skills = seekers.skills();
    for (int j = skills.begins()[i]; j < skills.begins()[i + 1]; j++) {
      addTerm(document, "s" + skills.values()[j], seekers.levels()[j]);
    }
    for (String term : groupsAndPlaces(seekers, i)) {
      addTerm(document, term, 1);
    }
    addThresholds(document, seekers.experiences()[i], seekers.educations()[i]);
    for (int type = 0; type < 4; type++) {
      if ((seekers.employmentBits()[i] >> type & 1) != 0) {
        document.add(new StringField(TERMS, "e" + type, Field.Store.NO));
      }
    }
    addNumber(document, WAGE, seekers.wages()[i]);
    addNumber(document, EXPERIENCE, seekers.experiences()[i]);
    addNumber(document, EDUCATION, seekers.educations()[i]);
    return document;
  }

  private static Set<String> groupsAndPlaces(W1Files.Seekers seekers, int i) {
    Set<String> terms = new LinkedHashSet<>();
    W1Files.Lists occupations = seekers.occupations();
    for (int j = occupations.begins()[i]; j < occupations.begins()[i + 1]; j++) {
      int occupation = occupations.values()[j];
      terms.add("o" + occupation);
      terms.add("m" + minorOf(occupation));
      terms.add("g" + subMajorOf(occupation));
    }
    addAll(terms, "r", seekers.regions(), i);
    addAll(terms, "l", seekers.licences(), i);
    return terms;
  }

  private static void addAll(Set<String> terms, String prefix, W1Files.Lists lists, int i) {
    for (int j = lists.begins()[i]; j < lists.begins()[i + 1]; j++) {
      terms.add(prefix + lists.values()[j]);
    }
  }

  private static void addTerm(Document document, String term, int value) {
    document.add(new FeatureField(FEATURES, term, value));
    document.add(new StringField(TERMS, term, Field.Store.NO));
  }

  private static void addThresholds(Document document, int experience, int education) {
    for (int asked : EXPERIENCES) {
      if (experience >= asked) {
        document.add(new FeatureField(FEATURES, "x" + asked, 1));
      }
    }
    for (int asked = 1; asked <= Math.min(education, MAX_ASKED_EDUCATION); asked++) {
      document.add(new FeatureField(FEATURES, "d" + asked, 1));
    }
  }

  private static void addNumber(Document document, String field, int value) {
    document.add(new IntPoint(field, value));
    document.add(new NumericDocValuesField(field, value));
  }
}
