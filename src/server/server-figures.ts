import type { Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ErrorCode } from '../protocol/errors.ts';
import { histogram } from './histogram.ts';
import type { Metric, Metrics } from './metrics.ts';

/** What a server counts as it goes. */
export interface ServerFigures {
  /** A connection that was taken; counted until it closes. */
  connected(socket: Socket): void;
  /** Somebody was told a code. */
  refused(code: ErrorCode | 'http'): void;
  /** A request was answered. */
  answered(kind: 'read' | 'commit' | 'page' | 'health', status: number, seconds: number): void;
  readonly connectionCount: number;
  close(): void;
}

const DELAY_RESOLUTION_MS = 20;

/** Adds the figures of operation to a registry. */
export function serverFigures(metrics: Metrics, version: string): ServerFigures {
  const sockets = new Set<Socket>();
  const refusals = new Map<string, number>();
  const requests = histogram();
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  delay.enable();
  let connections = 0;
  let received = 0;
  let sent = 0;

  const total = (ended: number, of: (socket: Socket) => number): { value: number }[] => [
    { value: ended + [...sockets].reduce((sum, socket) => sum + of(socket), 0) },
  ];
  const add = (type: Metric['type'], name: string, help: string, read: Metric['read']): void =>
    metrics.add({ name, help, type, read });

  add('gauge', 'covalence_info', 'The version that runs.', () => [{ labels: { version }, value: 1 }]);
  add('gauge', 'covalence_connections', 'TCP connections open now.', () => [{ value: sockets.size }]);
  add('counter', 'covalence_connections_total', 'TCP connections since the start.', () => [{ value: connections }]);
  add('counter', 'covalence_received_bytes_total', 'Bytes received over the network.', () =>
    total(received, (socket) => socket.bytesRead),
  );
  add('counter', 'covalence_sent_bytes_total', 'Bytes sent over the network.', () =>
    total(sent, (socket) => socket.bytesWritten),
  );
  add('gauge', 'covalence_queued_bytes', 'Bytes that wait for readers.', () =>
    total(0, (socket) => socket.writableLength),
  );
  add('counter', 'covalence_refused_total', 'Refusals by code, over HTTP and on sockets.', () =>
    Array.from(refusals, ([code, value]) => ({ labels: { code }, value })),
  );
  add('histogram', 'covalence_request_seconds', 'Time to the answer, by kind: commit is a write that is stored.', () =>
    requests.samples(),
  );
  add('gauge', 'covalence_event_loop_delay_seconds', 'How late the process is, 99 of 100 times at most.', () => {
    const seconds = Math.max(0, delay.percentile(99) / 1e9 - DELAY_RESOLUTION_MS / 1e3);
    delay.reset();
    return [{ value: seconds }];
  });
  add('counter', 'process_cpu_seconds_total', 'Processor time of the process.', () => {
    const { user, system } = process.cpuUsage();
    return [{ value: (user + system) / 1e6 }];
  });
  add('gauge', 'process_resident_memory_bytes', 'Memory of the process.', () => [{ value: process.memoryUsage().rss }]);
  add('gauge', 'process_heap_bytes', 'Heap of JavaScript in use.', () => [{ value: process.memoryUsage().heapUsed }]);

  return {
    connected(socket) {
      connections += 1;
      sockets.add(socket);
      socket.once('close', () => {
        sockets.delete(socket);
        received += socket.bytesRead;
        sent += socket.bytesWritten;
      });
    },
    refused(code) {
      refusals.set(code, (refusals.get(code) ?? 0) + 1);
    },
    answered(kind, status, seconds) {
      requests.observe({ kind, status: `${Math.floor(status / 100)}xx` }, seconds);
    },
    get connectionCount() {
      return sockets.size;
    },
    close: () => delay.disable(),
  };
}
