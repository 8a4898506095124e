import { z } from 'zod';

/** What servers of developers are told of a sign-in (`/sso/…`). Every key of a profile is there, null or not. */

const role = z.object({ slug: z.string() });

export const profileAnswer = z
  .object({
    object: z.literal('profile'),
    id: z.string(),
    organization_id: z.string(),
    connection_id: z.string(),
    connection_type: z.string(),
    idp_id: z.string(),
    email: z.string(),
    first_name: z.string().nullable(),
    last_name: z.string().nullable(),
    name: z.string().nullable(),
    role: role.nullable(),
    roles: z.array(role).nullable(),
    groups: z.array(z.string()),
    custom_attributes: z.record(z.string(), z.unknown()),
    raw_attributes: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Profile' });

export const tokenAnswer = z
  .object({
    token_type: z.literal('Bearer'),
    access_token: z.string().meta({ description: 'A JWT, signed by a key of `/sso/jwks/{clientId}`' }),
    expires_in: z.int(),
    profile: profileAnswer,
  })
  .meta({ id: 'ProfileAndToken' });

export const jwksAnswer = z
  .object({
    keys: z.array(
      z.object({
        kty: z.literal('RSA'),
        use: z.literal('sig'),
        alg: z.literal('RS256'),
        kid: z.string(),
        n: z.string(),
        e: z.string(),
        x5c: z.array(z.string()),
        'x5t#S256': z.string(),
      }),
    ),
  })
  .meta({ id: 'KeySet' });

export const oauthRefusal = z
  .object({ error: z.string(), error_description: z.string().optional() })
  .meta({ id: 'OAuthError' });

export const messageAnswer = z.object({ message: z.string() });
