import { extxyzPieces } from '../data/formats/xyz/write-frame.ts';
import type { FrameExporter } from './data/http/frame-exporter.ts';

const encoder = new TextEncoder();

/** Formats in which a room can be saved, by the name that requests use; the first is the default. */
export const frameExporters: Readonly<Record<string, FrameExporter>> = {
  extxyz: {
    extension: 'xyz',
    contentType: 'chemical/x-xyz',
    async *write(frames) {
      for await (const { data } of frames) {
        for (const piece of extxyzPieces(data)) yield encoder.encode(piece);
      }
    },
  },
};
