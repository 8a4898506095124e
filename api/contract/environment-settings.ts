import { z } from 'zod';

/** What can be set per environment, as both surfaces check it. */

const day = z.int().min(1).max(30);
const pair = z
  .tuple([day, day])
  .refine(([first, second]) => first < second, 'must name the earlier day first');

export const reminderDays = z.strictObject({
  notOpened: pair,
  halfDone: pair,
  domainUnseen: day,
  linkEnds: day,
});

export const linkDays = z.int().min(1).max(30);
export const linkConfirmation = z.enum(['none', 'email_code']);
export const domainPolicy = z.enum(['none', 'optional', 'required']);
export const directoryPolicy = z.enum(['removed', 'members_only', 'off']);
export const guardPeople = z.int().min(0).max(1_000_000);
/** 0: nobody is ever asked. */
export const guardPercent = z.int().min(0).max(100);
/** It stands in a DNS name between `_` and `-challenge`. */
export const domainLabel = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'must be 1 to 40 of a-z, 0-9 and -, not at either end');
/** As Google's console shows it, such as `1048….apps.googleusercontent.com`. */
export const googleClientId = z
  .string()
  .trim()
  .regex(/^[\w.-]{6,200}$/, 'must be a client ID of Google');
export const googleClientSecret = z.string().trim().min(6).max(200);
export const domainGraceDays = z.int().min(0).max(365);
export const auditDays = z.int().min(30).max(36_500);
export const environmentName = z.string().trim().min(1).max(80);
export const returnUrl = z.string().max(2000);
