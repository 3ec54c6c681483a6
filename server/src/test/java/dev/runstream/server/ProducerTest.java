package dev.runstream.server;

import static dev.runstream.server.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Publishing that is safe to try again. */
class ProducerTest {
    private final ApiServer server = ApiServer.start();

    @BeforeEach
    void startRun() {
        assertThat(server.startExternal("a").status()).isEqualTo(201);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String producer(long epoch, long seq) {
        return "Producer-Id: p\r\nProducer-Epoch: " + epoch + "\r\nProducer-Seq: " + seq + "\r\n";
    }

    private static String deltas(int from, int count) {
        StringBuilder lines = new StringBuilder();
        for (int i = from; i < from + count; i++) {
            lines.append("{\"type\":\"delta\",\"data\":").append(i).append("}\n");
        }
        return lines.toString();
    }

    private RawHttp.Answer send(long epoch, long seq, String lines) {
        return server.publishLines("a", producer(epoch, seq), lines);
    }

    private RawHttp.Answer refused(long epoch, long seq, String lines, int status, String code, long expected) {
        RawHttp.Answer answer = send(epoch, seq, lines);
        assertProblem(answer, status, code);
        assertThat(answer.header("Producer-Expected-Seq")).contains(Long.toString(expected));
        return answer;
    }

    private List<String> deltasOfTheLog() {
        server.publish("a", "{\"type\":\"complete\",\"data\":\"end\"}");
        List<String> found = new ArrayList<>();
        String[] lines = server.get("/api/agents/stream/a").text().split("\n", -1);
        for (int i = 1; i < lines.length; i++) {
            if (lines[i - 1].equals("event: delta")) {
                found.add(lines[i].substring("data: ".length()));
            }
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Producer-Id: p\r\n",
                "Producer-Epoch: 1\r\n",
                "Producer-Seq: 0\r\n",
                "Producer-Id: p\r\nProducer-Epoch: 1\r\n",
                "Producer-Id: p\r\nProducer-Seq: 0\r\n",
                "Producer-Epoch: 1\r\nProducer-Seq: 0\r\n",
                "Producer-Id:\r\nProducer-Epoch: 1\r\nProducer-Seq: 0\r\n",
                "Producer-Id: p\r\nProducer-Epoch: -1\r\nProducer-Seq: 0\r\n",
                "Producer-Id: p\r\nProducer-Epoch: 1\r\nProducer-Seq: one\r\n",
                "Producer-Id: p\r\nProducer-Epoch: 1\r\nProducer-Seq: 1.0\r\n",
                "Producer-Id: p\r\nProducer-Epoch: 1\r\nProducer-Seq: +1\r\n",
                "Producer-Id: p\r\nProducer-Epoch: 1\r\nProducer-Seq:\r\n",
                "Producer-Id: p\r\nProducer-Epoch: 9223372036854775808\r\nProducer-Seq: 0\r\n",
                "Producer-Id: p\r\nProducer-Epoch: 1\r\nProducer-Seq: 99999999999999999999\r\n",
                "Producer-Id: p\r\nProducer-Epoch: 1\r\nProducer-Seq: 0\r\nProducer-Seq: 1\r\n"
            })
    void wantsAllThreeHeadersOrNoneAndNumbersThatAreSome(String headers) {
        assertProblem(server.publishLines("a", headers, deltas(0, 1)), 400, "invalid-request");
        assertThat(deltasOfTheLog()).isEmpty();
    }

    @Test
    void takesProducerIdsOfUpTo128Characters() {
        String rest = "\r\nProducer-Epoch: 0\r\nProducer-Seq: 0\r\n";
        assertThat(server.publishLines("a", "Producer-Id: " + "p".repeat(128) + rest, deltas(0, 1))
                        .status())
                .isEqualTo(200);
        assertProblem(
                server.publishLines("a", "Producer-Id: " + "p".repeat(129) + rest, deltas(0, 1)),
                400,
                "invalid-request");
    }

    @Test
    void numbersEventsAndNotRequests() {
        assertThat(send(1, 0, deltas(0, 3)).status()).isEqualTo(200);
        assertThat(send(1, 3, "\n" + deltas(3, 1) + "\n\n" + deltas(4, 1)).status())
                .isEqualTo(200);
        assertThat(server.publish("a", producer(1, 5), deltas(5, 1)).status()).isEqualTo(200);
        assertThat(deltasOfTheLog()).containsExactly("0", "1", "2", "3", "4", "5");
    }

    @Test
    void storesARepeatOnce() {
        RawHttp.Answer first = send(1, 0, deltas(0, 3));
        RawHttp.Answer again = send(1, 0, deltas(0, 3));

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(deltasOfTheLog()).containsExactly("0", "1", "2");
    }

    @Test
    void storesTheRestOfAPartRepeated() {
        send(1, 0, deltas(0, 2));
        assertThat(send(1, 0, deltas(0, 5)).status()).isEqualTo(200);
        assertThat(send(1, 4, deltas(4, 2)).status()).isEqualTo(200);
        assertThat(deltasOfTheLog()).containsExactly("0", "1", "2", "3", "4", "5");
    }

    @Test
    void refusesAHole() {
        send(1, 0, deltas(0, 2));
        refused(1, 3, deltas(3, 1), 409, "producer-gap", 2);
        assertThat(send(1, 2, deltas(2, 1)).status()).isEqualTo(200);
        refused(2, 1, deltas(9, 1), 409, "producer-gap", 0);
        assertThat(deltasOfTheLog()).containsExactly("0", "1", "2");
    }

    @Test
    void refusesAStaleEpochBeforeAllElse() {
        send(2, 0, deltas(0, 2));
        refused(1, 2, deltas(2, 1), 403, "stale-producer", 2);
        refused(1, 0, deltas(0, 1), 403, "stale-producer", 2);
        assertThat(deltasOfTheLog()).containsExactly("0", "1");
        refused(1, 0, deltas(0, 1), 403, "stale-producer", 2);
    }

    @Test
    void beginsEachEpochAtZero() {
        send(1, 0, deltas(0, 2));
        assertThat(send(2, 0, deltas(2, 1)).status()).isEqualTo(200);
        assertThat(deltasOfTheLog()).containsExactly("0", "1", "2");
    }

    @Test
    void keepsTheNumbersOfProducersApart() {
        send(1, 0, deltas(0, 1));
        assertThat(server.publishLines("a", producer(1, 0).replace(": p", ": q"), deltas(1, 1))
                        .status())
                .isEqualTo(200);
        assertThat(server.publishLines("a", "", deltas(2, 1)).status()).isEqualTo(200);
        assertThat(send(1, 1, deltas(3, 1)).status()).isEqualTo(200);
        assertThat(deltasOfTheLog()).containsExactly("0", "1", "2", "3");
    }

    @Test
    void takesABatchAgainThatWasRefusedHalfWay() {
        String bad = deltas(0, 2) + "{\"type\":\"delta\"}\n" + deltas(3, 1);
        assertThat(refused(1, 0, bad, 422, "invalid-event", 2).text()).contains("\"line\":3");
        assertThat(refused(1, 0, bad, 422, "invalid-event", 2).text()).contains("\"line\":3");

        String mended = deltas(0, 4);
        assertThat(send(1, 0, mended).status()).isEqualTo(200);
        assertThat(send(1, 0, mended).status()).isEqualTo(200);

        assertThat(deltasOfTheLog()).containsExactly("0", "1", "2", "3");
    }

    @Test
    void saysWhichNumberIsNextAlsoWhenAnEventIsTooLarge() {
        String large = "{\"type\":\"delta\",\"data\":\"" + "x".repeat(256 * 1024) + "\"}\n";
        assertThat(refused(1, 0, deltas(0, 1) + large, 413, "event-too-large", 1)
                        .text())
                .contains("\"line\":2");
        RawHttp.Answer single = server.publish("a", producer(1, 1), large);
        assertProblem(single, 413, "event-too-large");
        assertThat(single.header("Producer-Expected-Seq")).contains("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{bad", "{\"type\":\"delta\",\"data\":\"LARGE\"}", "{\"type\":\"what\"}"})
    void looksPastALineThatCannotBeTheEventThatIsStoredUnderItsNumber(String line) {
        send(1, 0, deltas(0, 1));
        String other = line.replace("LARGE", "x".repeat(300_000)) + "\n";

        assertThat(send(1, 0, other + deltas(1, 2)).status()).isEqualTo(200);
        int status = line.contains("LARGE") ? 413 : 422;
        String code = status == 413 ? "event-too-large" : "invalid-event";
        assertThat(refused(1, 2, deltas(2, 1) + other + deltas(4, 1), status, code, 3)
                        .text())
                .contains("\"line\":2");
        assertThat(deltasOfTheLog()).containsExactly("0", "1", "2");
    }

    @Test
    void takesARepeatAfterTheEndAndRefusesWhatIsNew() {
        String all = deltas(0, 1) + "{\"type\":\"complete\",\"data\":1}\n";
        assertThat(send(1, 0, all).text()).contains("\"state\":\"completed\"");

        RawHttp.Answer again = send(1, 0, all);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text()).contains("-3\",\"state\":\"completed\"");
        assertThat(send(1, 1, "{\"type\":\"complete\",\"data\":1}\n").status()).isEqualTo(200);

        RawHttp.Answer more = refused(1, 0, all + deltas(2, 1), 409, "run-ended", 2);
        assertThat(more.text()).contains("\"line\":3", "\"state\":\"completed\"", "\"lastEventId\":\"");
        refused(1, 2, deltas(2, 1), 409, "run-ended", 2);
        refused(1, 3, deltas(3, 1), 409, "producer-gap", 2);
        refused(0, 0, deltas(0, 1), 403, "stale-producer", 2);
    }

    @Test
    void takesNoNumberForASignOfLife() {
        send(1, 0, deltas(0, 1));
        assertThat(send(1, 1, "").status()).isEqualTo(200);
        assertThat(send(1, 1, "\n\n").status()).isEqualTo(200);
        assertThat(send(1, 1, deltas(1, 1)).status()).isEqualTo(200);
        assertThat(deltasOfTheLog()).containsExactly("0", "1");
    }
}
