package dev.runstream.core.execution;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Measures what two runs that flood the pool with batches of 20 ms leave to others: how long a third run waits for its
 * batch to begin, and how long a thread that waits for a socket needs to answer. To be run by hand.
 */
public final class ComputePoolLatency {
    private static final int ROUNDS = 300;

    private ComputePoolLatency() {}

    public static void main(String[] args) throws Exception {
        int threads = Runtime.getRuntime().availableProcessors();
        try (ComputePool pool = new ComputePool(threads)) {
            report("echo, pool idle", echo(ROUNDS));
            AtomicBoolean over = new AtomicBoolean();
            for (int i = 0; i < 2; i++) {
                flood(pool.open(), over);
            }
            ComputePool.Lane third = pool.open();
            double[] waits = new double[ROUNDS];
            for (int i = 0; i < ROUNDS; i++) {
                long asked = System.nanoTime();
                List<Callable<Long>> batch = List.of(System::nanoTime);
                waits[i] = (third.runAll(batch).getFirst() - asked) / 1e6;
            }
            report("third run's batch begins, pool flooded", waits);
            report("echo, pool flooded", echo(ROUNDS));
            over.set(true);
        }
    }

    private static void flood(ComputePool.Lane lane, AtomicBoolean over) {
        List<Callable<Double>> batches = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            batches.add(ComputePoolLatency::twentyMillis);
        }
        Thread.ofVirtual().start(() -> {
            try {
                while (!over.get()) {
                    lane.runAll(batches);
                }
            } catch (Exception closed) {
                over.set(true);
            }
        });
    }

    private static double twentyMillis() {
        long end = System.nanoTime() + 20_000_000;
        double sum = 0;
        while (System.nanoTime() < end) {
            for (int i = 1; i < 1000; i++) {
                sum += Math.sqrt(i + sum);
            }
        }
        return sum;
    }

    /** Two threads that pass one byte to and fro over loopback, as an event loop and a client do. */
    private static double[] echo(int rounds) throws IOException {
        double[] millis = new double[rounds];
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(listening.getInetAddress(), listening.getLocalPort());
                Socket server = listening.accept()) {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    server.getInputStream().transferTo(server.getOutputStream());
                } catch (IOException closed) {
                    Thread.currentThread().interrupt();
                }
            });
            for (int i = 0; i < rounds; i++) {
                long begin = System.nanoTime();
                client.getOutputStream().write(1);
                client.getInputStream().read();
                millis[i] = (System.nanoTime() - begin) / 1e6;
            }
        }
        return millis;
    }

    private static void report(String what, double[] millis) {
        Arrays.sort(millis);
        System.out.printf(
                "%s: p50 %.2f ms, p99 %.2f ms, worst %.2f ms%n",
                what, millis[millis.length / 2], millis[millis.length * 99 / 100], millis[millis.length - 1]);
    }
}
