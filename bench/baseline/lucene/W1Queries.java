// The postings of workload W1 as Lucene queries.
// SPDX-License-Identifier: Apache-2.0
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.lucene.document.FeatureField;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexOrDocValuesQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;

final class W1Queries {
  private static final int HIGHEST = 1000;
  private static final int EXPERIENCE_POINTS = 10;
  private static final int EDUCATION_POINTS = 10;

  private W1Queries() {}

  /** All conditions as filters, preferred skills as scoring clauses. */
  static Query selective(W1Files.Posting posting) {
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    query.add(term("e" + typeOf(posting)), Occur.FILTER);
    query.add(range(W1Index.WAGE, 0, posting.wage()), Occur.FILTER);
    query.add(any("o", posting.occupations()), Occur.FILTER);
    query.add(any("r", posting.regions()), Occur.FILTER);
    if (posting.minExperience() > 0) {
      query.add(range(W1Index.EXPERIENCE, posting.minExperience(), HIGHEST), Occur.FILTER);
    }
    if (posting.minEducation() > 0) {
      query.add(range(W1Index.EDUCATION, posting.minEducation(), HIGHEST), Occur.FILTER);
    }
    for (int licence : posting.licences()) {
      query.add(term("l" + licence), Occur.FILTER);
    }
    for (int skill : posting.requiredSkills()) {
      query.add(term("s" + skill), Occur.FILTER);
    }
    for (int i = 0; i < posting.preferredSkills().length; i++) {
      query.add(points("s" + posting.preferredSkills()[i], posting.weights()[i]), Occur.SHOULD);
    }
    return query.build();
  }

  /** A pure disjunction, which Lucene scores in bulk; the two conditions are the collector's. */
  static Query broad(W1Files.Posting posting) {
    Map<String, Integer> points = new LinkedHashMap<>();
    for (int i = 0; i < posting.preferredSkills().length; i++) {
      points.put("s" + posting.preferredSkills()[i], posting.weights()[i]);
    }
    for (int skill : posting.requiredSkills()) {
      points.put("s" + skill, 10);
    }
    for (int occupation : posting.occupations()) {
      points.put("o" + occupation, 20);
      points.put("m" + W1Index.minorOf(occupation), 12);
      points.put("g" + W1Index.subMajorOf(occupation), 8);
    }
    for (int region : posting.regions()) {
      points.put("r" + region, 15);
    }
    for (int licence : posting.licences()) {
      points.put("l" + licence, 20);
    }
    if (posting.minExperience() > 0) {
      points.put("x" + posting.minExperience(), EXPERIENCE_POINTS);
    }
    if (posting.minEducation() > 0) {
      points.put("d" + posting.minEducation(), EDUCATION_POINTS);
    }
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    points.forEach((term, weight) -> query.add(points(term, weight), Occur.SHOULD));
    return query.build();
  }

  /** What everybody gets where a posting asks for nothing, and no clause gives. */
  static int freePoints(W1Files.Posting posting) {
    return (posting.minExperience() == 0 ? EXPERIENCE_POINTS : 0)
        + (posting.minEducation() == 0 ? EDUCATION_POINTS : 0);
  }

  private static int typeOf(W1Files.Posting posting) {
    return Integer.numberOfTrailingZeros(posting.employmentBits());
  }

  private static Query term(String term) {
    return new TermQuery(new Term(W1Index.TERMS, term));
  }

  private static Query points(String term, int weight) {
    return FeatureField.newLinearQuery(W1Index.FEATURES, term, weight);
  }

  private static Query range(String field, int least, int most) {
    return new IndexOrDocValuesQuery(IntPoint.newRangeQuery(field, least, most),
        NumericDocValuesField.newSlowRangeQuery(field, least, most));
  }

  private static Query any(String prefix, int[] codes) {
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    for (int code : codes) {
      query.add(term(prefix + code), Occur.SHOULD);
    }
    return query.build();
  }
}
