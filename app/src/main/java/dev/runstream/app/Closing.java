package dev.runstream.app;

import dev.runstream.core.execution.AgentLoadException;
import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.store.redis.link.RedisRefusedException;
import dev.runstream.store.sqlite.StoreFileException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a service has opened, to be closed the last first. Confined to one thread at a time. */
final class Closing {
    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private Closing() {}

    /**
     * Starts a service; where that fails, what it had opened by then is closed.
     *
     * @throws StartFailedException if the user can mend it
     */
    static <S extends Service> S start(Function<Closing, S> service) {
        Closing closing = new Closing();
        try {
            return service.apply(closing);
        } catch (StoreFileException
                | RedisRefusedException
                | StoreUnavailableException
                | AgentLoadException
                | StartFailedException fault) {
            closing.closeAll();
            throw new StartFailedException(String.valueOf(fault.getMessage()), fault);
        } catch (RuntimeException fault) {
            closing.closeAll();
            throw fault;
        }
    }

    <T extends AutoCloseable> T add(T part) {
        opened.push(part);
        return part;
    }

    void closeAll() {
        while (!opened.isEmpty()) {
            AutoCloseable part = opened.pop();
            try {
                part.close();
            } catch (Exception fault) {
                LOG.warn("{} did not close", part.getClass().getSimpleName(), fault);
            }
        }
    }
}
