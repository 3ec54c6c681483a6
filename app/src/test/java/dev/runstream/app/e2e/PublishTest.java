package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.client.PublishOptions;
import dev.runstream.client.RunPublisher;
import dev.runstream.client.RunState;
import dev.runstream.client.RunstreamClient;
import dev.runstream.client.RunstreamException;
import dev.runstream.client.StartRun;
import dev.runstream.client.StreamEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Java client as a worker elsewhere, against a server that dies and comes back. */
@Tag("slow")
@Timeout(180)
final class PublishTest {
    private static final PublishOptions OFTEN = PublishOptions.DEFAULT.withCallEvery(Duration.ofMillis(100));

    @TempDir
    private Path data;

    @Test
    void storesEachEventOnceAndInOrderAlthoughTheServerIsKilled() throws Exception {
        int events = 6_000;
        int port = ServerProcess.freePort();
        ServerProcess server = ServerProcess.start(data, port);
        ExecutorService worker = Executors.newVirtualThreadPerTaskExecutor();
        try (RunstreamClient client = server.client()) {
            String runId = client.startRun(StartRun.external()).runId();
            try (Watcher reader = new Watcher(client.follow(runId))) {
                CompletableFuture<Void> comesBack = new CompletableFuture<>();
                Future<?> work = worker.submit(() -> {
                    try (RunPublisher publisher = client.publish(runId, OFTEN.withMaxBatchBytes(2_000))) {
                        for (int i = 0; i < events; i++) {
                            publisher.delta(i);
                            if (i == events / 2) {
                                // The rest is published by a worker that knows nothing of the restart.
                                comesBack.join();
                            }
                        }
                        publisher.complete("done");
                    }
                });
                reader.awaitFirst("delta");
                server.kill();
                server = ServerProcess.start(data, port);
                comesBack.complete(null);
                work.get(60, TimeUnit.SECONDS);

                StreamEvent end = reader.awaitEnd();
                assertThat(end.data().text()).isEqualTo("\"done\"");
                assertThat(reader.data("delta"))
                        .isEqualTo(IntStream.range(0, events)
                                .mapToObj(Integer::toString)
                                .toList());
                assertThat(reader.losses()).isEmpty();
                assertThat(reader.events())
                        .extracting(event -> event.id().seq())
                        .isEqualTo(java.util.stream.LongStream.rangeClosed(
                                        1, end.id().seq())
                                .boxed()
                                .toList());
            }
        } finally {
            worker.shutdownNow();
            server.close();
        }
    }

    @Test
    void hearsOfACancelThatWasAskedBeforeTheServerWasKilled() throws Exception {
        int port = ServerProcess.freePort();
        ServerProcess server = ServerProcess.start(data, port);
        try (RunstreamClient client = server.client()) {
            String runId = client.startRun(StartRun.external()).runId();
            assertThat(client.cancelRun(runId)).isEqualTo(RunState.CANCELLING);
            server.kill();
            server = ServerProcess.start(data, port);
            try (RunPublisher publisher = client.publish(runId, OFTEN)) {
                CountDownLatch told = new CountDownLatch(1);
                publisher.onCancel(told::countDown);
                assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
                publisher.complete("what there was");
            }
            assertThat(client.getRun(runId).state()).isEqualTo(RunState.CANCELLED);
            try (Watcher reader = new Watcher(client.follow(runId))) {
                assertThat(reader.awaitEnd().data().tree().path("code").asText())
                        .isEqualTo("cancelled");
                assertThat(reader.data("partial")).isEqualTo(List.of("\"what there was\""));
            }
        } finally {
            server.close();
        }
    }

    @Test
    void keepsTheLeaseForAsLongAsThePublisherIsOpen() throws Exception {
        try (ServerProcess server = ServerProcess.start(data, 0);
                RunstreamClient client = server.client()) {
            Duration lease = Duration.ofMillis(700);
            String silent = client.startRun(StartRun.external().lease(lease)).runId();
            String renewed = client.startRun(StartRun.external().lease(lease)).runId();
            RunPublisher publisher = client.publish(renewed, OFTEN);
            try (Watcher reader = new Watcher(client.follow(silent))) {
                assertThat(reader.awaitEnd().data().tree().path("code").asText())
                        .isEqualTo("worker-lost");
            }
            publisher.delta("still here");
            publisher.flush();
            assertThat(client.getRun(renewed).state()).isEqualTo(RunState.RUNNING);
            publisher.close();
            try (Watcher reader = new Watcher(client.follow(renewed))) {
                assertThat(reader.awaitEnd().data().tree().path("code").asText())
                        .isEqualTo("worker-lost");
            }
            assertThatThrownBy(() -> {
                        try (RunPublisher late = client.publish(renewed)) {
                            late.complete("too late");
                        }
                    })
                    .isInstanceOfSatisfying(
                            RunstreamException.class,
                            refused -> assertThat(refused.code()).isEqualTo("run-ended"));
        }
    }
}
