import { z } from 'zod';

/**
 * Any id that Meta gives to a message, an account or an Instagram user: opaque, but printable and
 * without spaces. Numbers are refused: Meta writes ids as strings, and a 17-digit number has
 * already lost digits when parsed.
 */
export const metaId = z.string().regex(/^[\x21-\x7e]{1,512}$/);
