import type { MetricSample } from './metrics.ts';

/** Upper ends of the buckets, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How long things took, in the buckets of Prometheus. */
export interface Histogram {
  observe(labels: Readonly<Record<string, string>>, seconds: number): void;
  samples(): MetricSample[];
}

interface Series {
  labels: Readonly<Record<string, string>>;
  counts: number[];
  sum: number;
  count: number;
}

/** A histogram without observations. */
export function histogram(): Histogram {
  const all = new Map<string, Series>();
  return {
    observe(labels, seconds) {
      const key = JSON.stringify(labels);
      let series = all.get(key);
      if (series === undefined) all.set(key, (series = { labels, counts: BUCKETS.map(() => 0), sum: 0, count: 0 }));
      series.sum += seconds;
      series.count += 1;
      for (const [at, end] of BUCKETS.entries()) if (seconds <= end) series.counts[at] += 1;
    },
    samples: () =>
      [...all.values()].flatMap(({ labels, counts, sum, count }): MetricSample[] => [
        ...BUCKETS.map((end, at) => ({ suffix: '_bucket', labels: { ...labels, le: String(end) }, value: counts[at] })),
        { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: count },
        { suffix: '_sum', labels, value: sum },
        { suffix: '_count', labels, value: count },
      ]),
  };
}
