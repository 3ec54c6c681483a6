package dev.runstream.agents.fund;

/**
 * What one path came to; one object is filled again for each path. Rates and shares in percent, NaN where there is none.
 *
 * <p>Arrays by year hold the end of year y at y - 1. Confined to one thread.
 */
final class PathOutcome {
    double grossTvpi;
    double grossDpi;
    double grossRvpi;
    double grossIrr;
    double netTvpi;
    double netDpi;
    double netRvpi;
    double netIrr;
    double lossRatio;
    double bestCompanyShare;

    /** Distributions less calls so far ÷ the limited partners' commitments. */
    final double[] cashByYear;

    final double[] dpiByYear;
    final double[] rvpiByYear;
    final double[] tvpiByYear;

    PathOutcome(int years) {
        cashByYear = new double[years];
        dpiByYear = new double[years];
        rvpiByYear = new double[years];
        tvpiByYear = new double[years];
    }
}
