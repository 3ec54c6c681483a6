package dev.runstream.agents.fund;

import java.util.Optional;

/** One figure of a path whose distribution is reported, and how it is kept. */
enum Measure {
    NET_TVPI("netTvpi", Scale.MULTIPLE),
    NET_DPI("netDpi", Scale.MULTIPLE),
    NET_RVPI("netRvpi", Scale.MULTIPLE),
    NET_IRR("netIrr", Scale.RETURN),
    GROSS_TVPI("grossTvpi", Scale.MULTIPLE),
    GROSS_DPI("grossDpi", Scale.MULTIPLE),
    GROSS_RVPI("grossRvpi", Scale.MULTIPLE),
    GROSS_IRR("grossIrr", Scale.RETURN),
    LOSS_RATIO("lossRatio", Scale.SHARE),
    BEST_COMPANY_SHARE("bestCompanyShare", Scale.SHARE);

    /** The range of a figure, and the fixed edges of its histogram; the last bin is open above. */
    enum Scale {
        MULTIPLE(0, 1, 0.25, 32, Double.NaN),
        RETURN(-100, 5, 5, 40, -100),
        SHARE(0, 5, 5, 20, Double.NaN);

        private final double origin;
        private final double unit;
        private final double step;
        private final int steps;
        private final double standIn;

        Scale(double origin, double unit, double step, int steps, double standIn) {
            this.origin = origin;
            this.unit = unit;
            this.step = step;
            this.steps = steps;
            this.standIn = standIn;
        }

        QuantileSketch sketch() {
            return new QuantileSketch(origin, unit);
        }

        double[] edges() {
            double[] edges = new double[steps + 1];
            for (int i = 0; i <= steps; i++) {
                edges[i] = origin + i * step;
            }
            return edges;
        }

        /** What a path without the figure counts as; NaN where it is left out. */
        double standIn() {
            return standIn;
        }
    }

    private final String key;
    private final Scale scale;

    Measure(String key, Scale scale) {
        this.key = key;
        this.scale = scale;
    }

    /** Its name in the output. */
    String key() {
        return key;
    }

    Scale scale() {
        return scale;
    }

    /** Of a rate of return, the multiple that is 0 where nothing came back, in which case there is no rate. */
    Optional<Measure> multiple() {
        return switch (this) {
            case NET_IRR -> Optional.of(NET_TVPI);
            case GROSS_IRR -> Optional.of(GROSS_TVPI);
            default -> Optional.empty();
        };
    }

    /** NaN where the path has none. */
    double of(PathOutcome outcome) {
        return switch (this) {
            case NET_TVPI -> outcome.netTvpi;
            case NET_DPI -> outcome.netDpi;
            case NET_RVPI -> outcome.netRvpi;
            case NET_IRR -> outcome.netIrr;
            case GROSS_TVPI -> outcome.grossTvpi;
            case GROSS_DPI -> outcome.grossDpi;
            case GROSS_RVPI -> outcome.grossRvpi;
            case GROSS_IRR -> outcome.grossIrr;
            case LOSS_RATIO -> outcome.lossRatio;
            case BEST_COMPANY_SHARE -> outcome.bestCompanyShare;
        };
    }
}
