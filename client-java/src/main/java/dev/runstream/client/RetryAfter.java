package dev.runstream.client;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The Retry-After header: seconds, or one of the three forms of an HTTP date (RFC 9110, 5.6.7 and 10.2.3). */
final class RetryAfter {
    private static final int MAX_DIGITS = 9;

    private static final List<DateTimeFormatter> DATES = List.of(
            DateTimeFormatter.RFC_1123_DATE_TIME,
            new DateTimeFormatterBuilder()
                    .appendPattern("EEEE, dd-MMM-")
                    .appendValueReduced(ChronoField.YEAR, 2, 2, LocalDate.of(1970, 1, 1))
                    .appendPattern(" HH:mm:ss 'GMT'")
                    .toFormatter(Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC),
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC));

    private RetryAfter() {}

    /** How long to wait from {@code now}; zero for a date gone by, empty where the header says nothing readable. */
    static Optional<Duration> read(HttpHeaders headers, Instant now) {
        return headers.firstValue("Retry-After").flatMap(value -> read(value.strip(), now));
    }

    private static Optional<Duration> read(String value, Instant now) {
        if (!value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            String digits = value.length() > MAX_DIGITS ? "9".repeat(MAX_DIGITS) : value;
            return Optional.of(Duration.ofSeconds(Long.parseLong(digits)));
        }
        for (DateTimeFormatter format : DATES) {
            try {
                Duration wait = Duration.between(now, format.parse(value, Instant::from));
                return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
            } catch (DateTimeException anotherForm) {
                // The next one may fit.
            }
        }
        return Optional.empty();
    }
}
