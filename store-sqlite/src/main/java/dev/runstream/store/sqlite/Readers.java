package dev.runstream.store.sqlite;

import dev.runstream.core.run.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Lock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the file for what is not in memory, on a few threads of their own, each with a connection that cannot write. */
final class Readers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Readers.class);
    private static final int THREADS = 2;

    /** Something to be asked. */
    interface Question<T> {
        T ask(Queries queries) throws SQLException;
    }

    private record Asked<T>(Question<T> question, CompletableFuture<T> answer) {}

    private final Connections connections;
    private final Lock noCheckpoint;
    private final Inbox<Asked<?>> inbox = new Inbox<>();
    private final List<Thread> threads;

    /** @param noCheckpoint held for each question */
    Readers(Connections connections, Lock noCheckpoint) {
        this.connections = connections;
        this.noCheckpoint = noCheckpoint;
        threads = IntStream.rangeClosed(1, THREADS)
                .mapToObj(i -> Thread.ofPlatform().name("store-reader-" + i).start(() -> new Reader().work()))
                .toList();
    }

    <T> CompletionStage<T> ask(Question<T> question) {
        Asked<T> asked = new Asked<>(question, new CompletableFuture<>());
        return inbox.offer(asked)
                ? asked.answer
                : CompletableFuture.failedFuture(new StoreUnavailableException("the store is closed"));
    }

    /** Answers what has been asked, and ends the threads. */
    @Override
    public void close() {
        inbox.close();
        threads.forEach(Threads::join);
    }

    /** What one thread owns. */
    private final class Reader {
        private @Nullable Connection connection;
        private @Nullable Queries queries;

        void work() {
            for (List<Asked<?>> next = inbox.take(1); !next.isEmpty(); next = inbox.take(1)) {
                answer(next.getFirst());
            }
            disconnect();
        }

        private <T> void answer(Asked<T> asked) {
            T found;
            noCheckpoint.lock();
            try {
                found = asked.question.ask(queries());
            } catch (StoreUnavailableException refusal) {
                asked.answer.completeExceptionally(refusal);
                return;
            } catch (SQLException | RuntimeException | Error fault) {
                LOG.warn("{} could not be read", connections.file(), fault);
                disconnect();
                asked.answer.completeExceptionally(new StoreUnavailableException(
                        connections.file() + " cannot be read: " + fault.getMessage(), fault));
                return;
            } finally {
                noCheckpoint.unlock();
            }
            asked.answer.complete(found);
        }

        private Queries queries() throws SQLException {
            Queries open = queries;
            if (open == null) {
                Connection fresh = connections.reading();
                connection = fresh;
                open = new Queries(fresh);
                queries = open;
            }
            return open;
        }

        /** A connection that had a fault is not trusted again. */
        private void disconnect() {
            Connection open = connection;
            connection = null;
            queries = null;
            if (open != null) {
                try {
                    open.close();
                } catch (SQLException fault) {
                    LOG.debug("a connection could not be closed", fault);
                }
            }
        }
    }
}
