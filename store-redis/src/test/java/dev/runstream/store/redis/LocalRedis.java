package dev.runstream.store.redis;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

final class LocalRedis {
    static final int PORT = start();

    private static int start() {
        try {
            int port;
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            Process process = new ProcessBuilder(
                            "redis-server",
                            "--port",
                            "" + port,
                            "--bind",
                            "127.0.0.1",
                            "--save",
                            "",
                            "--appendonly",
                            "no")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            while (true) {
                try {
                    new Socket(InetAddress.getLoopbackAddress(), port).close();
                    return port;
                } catch (java.io.IOException notYet) {
                    Thread.onSpinWait();
                }
            }
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
