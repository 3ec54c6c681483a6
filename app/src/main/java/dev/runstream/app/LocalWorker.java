package dev.runstream.app;

import dev.runstream.app.config.WorkConfiguration;
import dev.runstream.core.run.RunObserver;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker in this process: runs of a shared store are worked on here, and asked for and read elsewhere. */
final class LocalWorker implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(LocalWorker.class);

    private final LocalRuns runs;
    private final Closing closing;
    private final Stop stop = new Stop(this::stop);

    private LocalWorker(WorkConfiguration configuration, Closing closing) {
        this.closing = closing;
        runs = LocalRuns.open(configuration, RunObserver.NONE, InstantSource.system(), new SecureRandom(), closing);
        runs.start();
    }

    /** See {@link Service.Start}. */
    static Service start(WorkConfiguration configuration) {
        return Closing.start(closing -> new LocalWorker(configuration, closing));
    }

    @Override
    public String readyLine() {
        return "Runstream worker is ready for " + String.join(", ", runs.taken());
    }

    @Override
    public void drain() {
        stop.begin();
    }

    private void stop() {
        LOG.info(
                "stopping: {} agents are at work and get {} s",
                runs.gauges().running(),
                runs.timeToDrain().toSeconds());
        runs.store().drain();
        runs.drainAgents();
        closing.closeAll();
        LOG.info("stopped");
    }

    @Override
    public void awaitEnd() throws InterruptedException {
        stop.await();
    }
}
