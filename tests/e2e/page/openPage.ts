import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { findChromium } from './chromium.ts';

const ARGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** A page opened from its file, and what went wrong in it: console errors, and requests that leave it. */
export interface OpenPage {
  page: Page;
  wrong: string[];
}

/** Opens pages in one browser with an empty profile; `close` ends it and takes its files away. */
export async function startBrowser(): Promise<{
  open: (html: string) => Promise<OpenPage>;
  close: () => Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-marker-page-'));
  const { path, env } = await findChromium();
  const context: BrowserContext = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: path,
    env: { ...process.env, ...env },
    args: ARGS,
    viewport: { width: 1100, height: 760 },
  });
  const open = async (html: string): Promise<OpenPage> => {
    const file = join(folder, 'report.html');
    await writeFile(file, html);
    const address = pathToFileURL(file).href;
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') wrong.push(message.text());
    });
    page.on('pageerror', (error) => wrong.push(String(error)));
    page.on('dialog', (dialog) => {
      wrong.push(`it says ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (request.url() !== address) wrong.push(`it asks for ${request.url()}`);
    });
    await page.goto(address);
    return { page, wrong };
  };
  const close = async () => {
    await context.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { open, close };
}
