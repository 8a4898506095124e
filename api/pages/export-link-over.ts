import { drawPage, html } from './html.ts';

const title = 'This download link has ended';

/** For whoever opens the link of an export after its ten minutes: nothing is lost but the link. */
export const exportLinkOverPage = drawPage({
  title,
  brand: null,
  body: html`<h1>${title}</h1>
    <p>It works for ten minutes after it was made. The file is kept for a day, and nothing is lost.</p>
    <p>
      Go back to the audit log. Where the window of the export is still open, choose
      <strong>A new link</strong>; otherwise choose <strong>Export</strong> once more.
    </p>
    <p class="quiet">
      By the API: ask for the export again, with <code>GET /audit_logs/exports/{id}</code>. Each answer has a
      new link.
    </p>`,
});
