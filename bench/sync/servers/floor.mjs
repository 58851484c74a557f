/** The relay of raw.mjs that also keeps a document: what any server of Yjs does at least, without looking at a byte. */
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import { relay } from './relay.mjs';

const doc = new Y.Doc();
doc.getMap('state');
relay((data) => {
  const decoder = decoding.createDecoder(data);
  decoder.pos = 2;
  Y.applyUpdate(doc, decoding.readVarUint8Array(decoder));
});
