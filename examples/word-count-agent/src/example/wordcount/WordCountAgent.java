package example.wordcount;

import dev.runstream.core.agent.Agent;
import dev.runstream.core.agent.AgentInput;
import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.agent.RunContext;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Counts the words of a text, line by line, and tells the most frequent ones. */
public final class WordCountAgent implements Agent {
    private static final int MOST_FREQUENT = 10;

    /** The input: {@code {"text":"…"}}. Fields that are not here are ignored. */
    public record Input(String text) {}

    /** What a line adds. */
    public record Line(int line, int words) {}

    @Override
    public String name() {
        return "word-count";
    }

    @Override
    public String description() {
        return "Counts the words of a text, line by line";
    }

    /** An agent that only reads may be tried again when the process dies; each attempt begins from the start. */
    @Override
    public int attempts() {
        return 3;
    }

    /** Called before there is a run: whoever sent a wrong input is told at once, field by field. */
    @Override
    public void check(AgentInput input) {
        if (input.as(Input.class).text() == null) {
            throw new InvalidInputException("text", "must be given: the text whose words are to be counted");
        }
    }

    /** One attempt, on a virtual thread of its own: it may block, and calls checkCancelled at every boundary. */
    @Override
    public void run(RunContext run) {
        List<String> lines = run.input(Input.class).text().lines().toList();
        Map<String, Integer> counts = new TreeMap<>();
        int words = 0;
        for (int line = 0; line < lines.size(); line++) {
            run.checkCancelled();
            int before = words;
            for (String word : lines.get(line).toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}']+")) {
                if (!word.isEmpty()) {
                    counts.merge(word, 1, Integer::sum);
                    words++;
                }
            }
            run.delta(new Line(line + 1, words - before));
            run.progress(line + 1, lines.size());
            if ((line + 1) % 100 == 0) {
                run.partial(result(lines.size(), words, counts));
            }
        }
        run.complete(result(lines.size(), words, counts));
    }

    private static Map<String, Object> result(int lines, int words, Map<String, Integer> counts) {
        Map<String, Integer> most = new LinkedHashMap<>();
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST_FREQUENT)
                .forEach(entry -> most.put(entry.getKey(), entry.getValue()));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("lines", lines);
        result.put("words", words);
        result.put("different", counts.size());
        result.put("most", most);
        return result;
    }
}
