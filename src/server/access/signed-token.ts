import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { CAPABILITIES, type Capability, isCapability } from '../../protocol/capabilities.ts';
import { type Clock, systemClock } from '../../protocol/clock.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import { isRoomName } from '../../protocol/room-name.ts';
import { type Access, tokenMissing } from './access.ts';
import type { Grant } from './grant.ts';

/** The only algorithm: a token cannot choose how it is checked. */
const ALGORITHM = 'HS256';
/** Keeps tokens that the same secret signs for other services out. */
const AUDIENCE = 'covalence';
/** Fewer bytes can be guessed offline by anybody who has one token. */
const MIN_SECRET_BYTE_LENGTH = 32;
/** Clocks of two machines differ by about as much. */
const TOLERANCE_S = 10;
const ALL_ROOMS = '*';

/** What a token says. */
export interface TokenClaims {
  /** `*` means every room. */
  room: string;
  can: readonly Capability[];
  /** What the person is called in history. */
  name?: string | undefined;
  /** Who the person is, across browsers. */
  subject?: string | undefined;
  /** When it ends, in milliseconds since 1970. */
  expiresMs: number;
}

function keyOf(secret: string, flag = '--auth-secret'): Uint8Array {
  const key = new TextEncoder().encode(secret);
  if (key.length >= MIN_SECRET_BYTE_LENGTH) return key;
  throw new CovalenceError(
    'command/invalid',
    `The secret of ${flag} has ${key.length} bytes and needs at least ${MIN_SECRET_BYTE_LENGTH}. Make one with "openssl rand -base64 32".`,
  );
}

/** Makes a token. Rejects with `command/invalid` when the secret is too short. */
export async function signToken(secret: string, claims: TokenClaims, clock: Clock = systemClock): Promise<string> {
  const { room, can, name, subject, expiresMs } = claims;
  const jwt = new SignJWT({ room, can: [...can], ...(name === undefined ? {} : { name }) })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
    .setAudience(AUDIENCE)
    .setIssuedAt(Math.floor(clock.now() / 1_000))
    .setExpirationTime(Math.floor(expiresMs / 1_000));
  if (subject !== undefined) jwt.setSubject(subject);
  return jwt.sign(keyOf(secret));
}

/**
 * Access by tokens that were signed with `secret`, or with one of those in use before it. Throws `command/invalid` when
 * one is too short.
 */
export function signedTokenAccess(secret: string, clock: Clock, retired: readonly string[] = []): Access {
  const keys = [keyOf(secret), ...retired.map((old) => keyOf(old, '--auth-old-secret'))];
  const verified = async (token: string): Promise<JWTPayload> => {
    for (const [index, key] of keys.entries()) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: [ALGORITHM],
          audience: AUDIENCE,
          requiredClaims: ['exp'],
          clockTolerance: TOLERANCE_S,
          currentDate: new Date(clock.now()),
        });
        return payload;
      } catch (error) {
        // What another secret signed may be of an earlier one; everything else is wrong with any.
        if (!(error instanceof errors.JWSSignatureVerificationFailed) || index === keys.length - 1) throw error;
      }
    }
    throw tokenMissing();
  };
  const read = async (token: string): Promise<Grant> => {
    const payload = await verified(token);
    const { room, can, name, sub, exp = 0 } = payload;
    if (typeof room !== 'string' || (room !== ALL_ROOMS && !isRoomName(room))) throw misspelt('room', 'a room or "*"');
    if (!Array.isArray(can) || !can.every(isCapability)) throw misspelt('can', `a list of ${CAPABILITIES.join(', ')}`);
    return {
      capabilities: new Set(can),
      room: room === ALL_ROOMS ? undefined : room,
      name: typeof name === 'string' && name !== '' ? name.slice(0, 100) : undefined,
      subject: sub,
      expiresMs: (exp + TOLERANCE_S) * 1_000,
    };
  };
  return {
    linkToken: undefined,
    isOpen: false,
    async grantOf(tokens) {
      if (tokens.length === 0) throw tokenMissing();
      let first: CovalenceError | undefined;
      for (const token of tokens) {
        try {
          return await read(token);
        } catch (error) {
          first ??= refusalOf(error);
        }
      }
      throw first ?? tokenMissing();
    },
  };
}

function misspelt(claim: string, expected: string): CovalenceError {
  return new CovalenceError('auth/denied', `The claim "${claim}" of the token is not ${expected}.`);
}

/** What the library says is for whoever makes tokens; people are told what they can do. */
function refusalOf(error: unknown): CovalenceError {
  if (error instanceof CovalenceError) return error;
  if (error instanceof errors.JWTExpired) {
    return new CovalenceError('auth/required', 'This link has run out. Ask whoever sent it for a new one.');
  }
  const claim = error instanceof errors.JWTClaimValidationFailed ? ` Its claim "${error.claim}" does not fit.` : '';
  return new CovalenceError('auth/denied', `The token is not one of this server.${claim} Ask for a new link.`);
}
