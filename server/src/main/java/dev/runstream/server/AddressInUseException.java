package dev.runstream.server;

import java.io.IOException;

/** Another process listens on the address that a server is to listen on. */
public final class AddressInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    AddressInUseException(String message, Throwable cause) {
        super(message, cause);
    }
}
