package dev.runstream.core.json;

/** What came of reading an event's envelope. */
public sealed interface EnvelopeResult permits EventEnvelope, EnvelopeResult.Fault {
    /**
     * The JSON is no envelope.
     *
     * @param message which member is wrong and how, in words that a caller may be shown
     */
    record Fault(String message) implements EnvelopeResult {}
}
