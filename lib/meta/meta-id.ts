import { z } from 'zod';

/**
 * Any id that Meta gives to a message, an account or an Instagram user: opaque, but printable and
 * without spaces. Numbers are refused: Meta writes ids as strings, and a 17-digit number has
 * already lost digits when parsed.
 */
export const metaId = z.string().regex(/^[\x21-\x7e]{1,512}$/);

/**
 * The id of a person or an account on Instagram: digits. Another form may stand for several people,
 * so it names nobody.
 */
export const instagramId = z.string().regex(/^\d{1,32}$/);
