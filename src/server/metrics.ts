/** One figure: its labels and what it is now. */
export interface MetricSample {
  value: number;
  /** Added to the name, in a histogram. */
  suffix?: string;
  labels?: Readonly<Record<string, string>>;
}

/** A family of figures of one name. */
export interface Metric {
  /** Letters, digits and `_`; ends with its unit, a counter with `_total`. */
  name: string;
  /** One sentence. */
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  /** Asked at every scrape. One that throws is left out of that scrape. */
  read: () => Iterable<MetricSample>;
}

/** The figures of a server, as Prometheus reads them. */
export interface Metrics {
  /** Throws when the name is taken. */
  add(metric: Metric): void;
  /** The text exposition format 0.0.4, in the order in which figures were added. */
  text(): string;
}

/** The media type of {@link Metrics.text}. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** No figures yet; parts of the server add theirs. */
export function createMetrics(): Metrics {
  const metrics = new Map<string, Metric>();
  return {
    add(metric) {
      if (metrics.has(metric.name)) throw new TypeError(`There is a metric ${metric.name} already.`);
      metrics.set(metric.name, metric);
    },
    text: () => Array.from(metrics.values(), describe).join(''),
  };
}

function describe({ name, help, type, read }: Metric): string {
  let samples: MetricSample[];
  try {
    samples = [...read()];
  } catch {
    return ''; // a figure that cannot be had must not hide the others
  }
  const lines = [`# HELP ${name} ${escape(help)}`, `# TYPE ${name} ${type}`];
  for (const { labels = {}, suffix = '', value } of samples) {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escape(text).replaceAll('"', '\\"')}"`);
    lines.push(`${name}${suffix}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`);
  }
  return `${lines.join('\n')}\n`;
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
