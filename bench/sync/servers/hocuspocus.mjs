/** Hocuspocus as it comes. */
import { Server } from '@hocuspocus/server';

const server = new Server({ port: Number(process.env.PORT), address: '127.0.0.1', quiet: true });
await server.listen();
process.send({ port: Number(process.env.PORT) });
