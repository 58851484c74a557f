/** The least a relay can do: every message goes to everybody else as it came. */
import { relay } from './relay.mjs';

relay();
