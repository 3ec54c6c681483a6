package dev.runstream.agents.fund;

/** One figure of a path at the end of each year whose distribution is reported. */
enum YearSeries {
    /** In parts of the limited partners' commitments; reported in dollars. */
    NET_CASH_FLOW("netCashFlow", -1),
    NET_DPI("netDpi", 0),
    NET_RVPI("netRvpi", 0),
    NET_TVPI("netTvpi", 0);

    private final String key;
    private final double origin;

    YearSeries(String key, double origin) {
        this.key = key;
        this.origin = origin;
    }

    /** Its name in the output. */
    String key() {
        return key;
    }

    QuantileSketch sketch() {
        return new QuantileSketch(origin, 1);
    }

    /** By year, from the end of the first. */
    double[] of(PathOutcome outcome) {
        return switch (this) {
            case NET_CASH_FLOW -> outcome.cashByYear;
            case NET_DPI -> outcome.dpiByYear;
            case NET_RVPI -> outcome.rvpiByYear;
            case NET_TVPI -> outcome.tvpiByYear;
        };
    }
}
