// Chromium under the command of a test; see commands.mjs, and `operations` below. It does what a person does at a page: things are
// found by the words that a person reads. Every wait ends after a while, with an error that says what was not there.
import { chromium } from 'playwright-core';
import { obeyCommands } from './commands.mjs';

const patience = 20_000;
const pause = 50;
const args = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

const pages = new Map();
let browser = null;
let lastHandle = 0;

const words = (text) => text.replace(/\s+/g, ' ').trim();

/** Text that begins so. */
const beginsWith = (text) => new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);

/** A page, with what a person would not notice of it: what went wrong, and questions that it asks. */
class Visit {
  troubles = [];
  #answering = null;

  constructor(page) {
    this.page = page;

    // Chromium repeats each refused request as an error. Those are told of below, with their status and address.
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !message.text().startsWith('Failed to load resource:')) {
        this.troubles.push(`${message.type()}: ${message.text()}`);
      }
    });
    page.on('pageerror', (fault) => this.troubles.push(`uncaught: ${fault.stack ?? fault}`));
    page.on('response', (answer) => {
      if (answer.status() >= 400) {
        this.troubles.push(`${answer.status()} ${answer.request().method()} ${new URL(answer.url()).pathname}`);
      }
    });
    page.on('requestfailed', (request) => {
      // What is under way when a page is left or a stream is stopped ends so.
      if (request.failure()?.errorText !== 'net::ERR_ABORTED') {
        this.troubles.push(`${request.failure()?.errorText}: ${request.method()} ${new URL(request.url()).pathname}`);
      }
    });
    page.on('dialog', async (dialog) => {
      if (this.#answering) {
        this.#answering.question = dialog.message();
        await dialog.accept();
      } else {
        this.troubles.push(`asked unexpectedly: ${dialog.message()}`);
        await dialog.dismiss();
      }
    });
  }

  /** Does something that makes the page ask, and says yes. */
  async confirming(work) {
    const answering = (this.#answering = { question: null });
    try {
      await work();
    } finally {
      this.#answering = null;
    }
    if (answering.question === null) {
      throw new Error('The page did not ask.');
    }
    return answering.question;
  }
}

function addPage(page) {
  pages.set(++lastHandle, new Visit(page));
  return lastHandle;
}

function visitOf({ page }) {
  const visit = pages.get(page);
  if (!visit) {
    throw new Error(`There is no page ${page}.`);
  }
  return visit;
}

/** The part of a page that a command is about: each step leads from one part into a smaller one. */
async function partOf(command) {
  const { page } = visitOf(command);
  let part = page.locator('body');
  for (const [kind, wanted] of command.within) {
    switch (kind) {
      case 'section':
        part = part.locator('section').filter({ has: page.getByRole('heading', { name: beginsWith(wanted) }) }).first();
        break;
      case 'navigation':
        part = part.getByRole('navigation', { name: wanted });
        break;
      case 'row':
        part = wanted.reduce((rows, text) => rows.filter({ hasText: text }), part.getByRole('row')).first();
        break;
      case 'item':
        part = part.getByRole('listitem').filter({ hasText: wanted }).first();
        break;
      case 'cell':
        part = part.getByRole('cell').nth(await columnOf(part.locator('xpath=ancestor::table'), wanted));
        break;
      default:
        throw new Error(`There are no parts of the kind ${kind}.`);
    }
  }
  return part;
}

async function columnOf(table, title) {
  const titles = (await table.getByRole('columnheader').allTextContents()).map(words);
  const column = titles.indexOf(title);
  if (column < 0) {
    throw new Error(`There is no column '${title}'; there are ${titles.join(', ')}.`);
  }
  return column;
}

/** What can be read of a part; null: it is not there. */
async function read(command) {
  try {
    const part = await partOf(command);
    return (await part.isVisible()) ? words(await part.innerText({ timeout: patience })) : null;
  } catch (fault) {
    // Just taken away, with the table that it was in.
    if (/There is no column|Timeout|not attached|detached/.test(String(fault))) {
      return null;
    }
    throw fault;
  }
}

async function waitUntil(command, what, holds) {
  const end = Date.now() + patience;
  let text = await read(command);
  while (!holds(text)) {
    if (Date.now() > end) {
      throw new Error(`Waited in vain for ${what} in ${JSON.stringify(command.within)}. ${text === null ? 'It is not there.' : `It says: ${text}`}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    text = await read(command);
  }
}

const named = async (command) => (await partOf(command)).getByRole(command.role, { name: command.name, exact: true });

const labelled = async (command) => (await partOf(command)).getByLabel(beginsWith(command.label));

const operations = {
  // program
  async launch({ program }) {
    browser = await chromium.launch({ executablePath: program, args });
  },

  // url → the page's handle. It shares nothing with other pages.
  async open({ url }) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    const handle = addPage(page);
    await page.goto(url);
    return handle;
  },

  // page, url
  async go(command) {
    await visitOf(command).page.goto(command.url);
  },

  async reload(command) {
    await visitOf(command).page.reload();
  },

  address: (command) => visitOf(command).page.url(),

  // page, name, value: what the page itself keeps until its tab is closed
  async keep(command) {
    await visitOf(command).page.evaluate(([name, value]) => sessionStorage.setItem(name, value), [command.name, command.value]);
  },

  // page, within, role, name → what the page asked, if it is to be confirmed
  async click(command) {
    const target = await named(command);
    return command.confirm ? await visitOf(command).confirming(() => target.click()) : await target.click();
  },

  // page, within, role, name → the page that is opened in a tab of its own
  async click_opens(command) {
    const target = await named(command);
    const [opened] = await Promise.all([visitOf(command).page.waitForEvent('popup'), target.click()]);
    return addPage(opened);
  },

  // page, within, label, text
  async fill(command) {
    await (await labelled(command)).fill(command.text);
  },

  // page, within, label, option
  async choose(command) {
    await (await labelled(command)).selectOption(command.option);
  },

  // page, within, label, ticked
  async tick(command) {
    await (await labelled(command)).setChecked(command.ticked);
  },

  // page, within, label → what is typed there
  async typed(command) {
    return await (await labelled(command)).inputValue();
  },

  // page, within, label → whether the box is ticked
  async ticked(command) {
    return await (await labelled(command)).isChecked();
  },

  // page, within, text → as soon as the part is there and has that text somewhere
  async see(command) {
    await waitUntil(command, `'${command.text}'`, (text) => text !== null && text.includes(command.text));
  },

  // page, within, text → as soon as the part has that text and no other
  async says(command) {
    await waitUntil(command, `nothing but '${command.text}'`, (text) => text === command.text);
  },

  // page, within, text → as soon as the part is not there, or has that text nowhere
  async gone(command) {
    await waitUntil(command, `the end of '${command.text}'`, (text) => text === null || !text.includes(command.text));
  },

  // page, within → its text
  async read(command) {
    await waitUntil(command, 'anything', (text) => text !== null);
    return await read(command);
  },

  // page, within → the text of each item of its lists
  async items(command) {
    const items = (await partOf(command)).getByRole('listitem');
    await items.first().waitFor();
    return (await items.allInnerTexts()).map(words);
  },

  // page, within → its table: for each row, the texts by the titles of the columns
  async rows(command) {
    const table = (await partOf(command)).getByRole('table').first();
    await table.waitFor();
    const [titles, ...rows] = await table.evaluate((element) =>
      [...element.rows].map((row) => [...row.cells].map((cell) => cell.textContent)));
    return rows.map((row) => Object.fromEntries(titles.map((title, column) => [title, words(row[column])])));
  },

  // page → what went wrong on it
  troubles: (command) => visitOf(command).troubles,

  async close(command) {
    await visitOf(command).page.context().close();
    pages.delete(command.page);
  },
};

obeyCommands(operations, async () => await browser?.close());
