import { describe, expect, it } from 'vitest';
import { cookie, cookieName } from './cookies.ts';

const urls = {
  api: 'https://api.vendor.example',
  portal: 'https://setup.vendor.example',
  dashboard: 'https://staff.vendor.example',
  testIdp: 'http://localhost:8410',
};

describe('[UI-01] a session’s cookie', () => {
  it.each(['setup', 'dashboard', 'members_sso', 'signin'] as const)(
    '%s is of its own host alone where that is https',
    (name) => {
      const set = cookie(name, 'value', urls);

      expect(cookieName(name, urls)).toBe(`__Host-vestibule_${name}`);
      expect(set).toMatch(/; Path=\/(;|$)/);
      expect(set).toMatch(/; Secure(;|$)/);
      expect(set).toMatch(/; HttpOnly(;|$)/);
      expect(set).not.toContain('Domain');
    },
  );

  it('has the port in its name on loopback, where ports share cookies', () => {
    const local = { ...urls, dashboard: 'http://127.0.0.1:8410' };

    expect(cookieName('dashboard', local)).toBe('vestibule_dashboard_8410');
    expect(cookie('dashboard', 'value', local)).not.toContain('Secure');
  });
});
