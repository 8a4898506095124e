import { readFile } from 'node:fs/promises';
import path from 'node:path';
import express, { type RequestHandler } from 'express';
import type { EnvironmentRow } from '../db/index.ts';
import { keptForEver, page, type Answer } from './answers.ts';
import { imagePath } from '../onboarding/branding.ts';
import { escapeHtml } from './pages/html.ts';

/** The two built Vue apps: their HTML with a fresh nonce and boot data, their files for ever [UI-02]. */
export interface PortalPages {
  /** The app's HTML. `boot` is what `portal/shared/boot.ts` reads. Never stored. */
  render(app: AppName, drawn: DrawnPage): Promise<Answer>;
  /** Files below `/assets/`: their names hold a hash of their content, so they are kept for a year. */
  serveAssets: RequestHandler;
}

export type AppName = 'customer' | 'staff';

export interface DrawnPage {
  nonce: string;
  title: string;
  /** JSON; anybody who gets the page may read it. */
  boot: { app: AppName; locale: string } & Readonly<Record<string, unknown>>;
  /** Markup for the head and for people without script; made by us, never by others. */
  head?: string;
  body?: string;
}

/** `folder` holds the build, one HTML entry an app. It is read when a page is first asked for, and kept. */
export function createPortalPages({ folder }: { folder: string }): PortalPages {
  const built = new Map<AppName, Promise<string>>();

  function entryOf(app: AppName): Promise<string> {
    const known = built.get(app);
    if (known !== undefined) return known;
    const read = readFile(path.join(folder, app, 'index.html'), 'utf8');
    built.set(app, read);
    read.catch(() => built.delete(app));
    return read;
  }

  const files = express.static(path.join(folder, 'assets'), {
    cacheControl: false,
    setHeaders: (response) => response.setHeader('Cache-Control', keptForEver),
    index: false,
    redirect: false,
    fallthrough: true,
  });

  return {
    async render(app, { nonce, title, boot, head = '', body = '' }) {
      const filled: Readonly<Record<string, string>> = {
        __NONCE__: nonce,
        __LANG__: escapeHtml(boot.locale),
        __DIR__: 'ltr',
        __TITLE__: escapeHtml(title),
        // Inside a script element only `<` can end it; the separators are line ends to old parsers.
        __BOOT__: JSON.stringify(boot).replace(/[<\u2028\u2029]/g, escapeInScript),
        '<!--HEAD-->': head,
        '<!--BODY-->': body,
      };
      const entry = await entryOf(app);
      return page(entry.replace(placeholders, (name) => filled[name] ?? name));
    },
    serveAssets: (request, response, next) => {
      if (!request.path.startsWith('/assets/')) {
        next();
        return;
      }
      request.url = request.url.slice('/assets'.length);
      files(request, response, (error?: unknown) => {
        request.url = request.originalUrl;
        next(error);
      });
    },
  };
}

const placeholders = /__(?:NONCE|LANG|DIR|TITLE|BOOT)__|<!--(?:HEAD|BODY)-->/g;

const escapeInScript = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** What both apps show of the vendor. */
export function bootEnvironment(environment: EnvironmentRow) {
  const { handle, kind, productName, vendorName, supportEmail, supportHours } = environment;
  const images = {
    logoUrl: imagePath(environment, 'logo_light'),
    logoDarkUrl: imagePath(environment, 'logo_dark'),
    iconUrl: imagePath(environment, 'icon'),
  };
  return { handle, kind, productName, vendorName, supportEmail, supportHours, ...images };
}
