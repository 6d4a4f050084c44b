// Figures as people read them.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** 12,345 */
export const count = value => value === null || value === undefined ? '–' : whole.format(value);

/** 12.3 below a hundred, 1,234 from there on. */
export const rate = value => value === null || value === undefined ? '–' : (value < 100 ? tenths : whole).format(value);

/** 1.2 MB */
export function bytes(value) {
  if (value === null || value === undefined) {
    return '–';
  }
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : tenths.format(value)} ${units[unit]}`;
}

/** 850 µs, 12.5 ms, 3.2 s */
export function micros(value) {
  if (value === null || value === undefined) {
    return '–';
  }
  if (value < 1000) {
    return `${whole.format(value)} µs`;
  }
  return value < 1_000_000 ? `${tenths.format(value / 1000)} ms` : millis(value / 1000);
}

/** 250 ms, 5 s, 2 min 3 s, 4 h 10 min, 3 d 4 h */
export function millis(value) {
  if (value === null || value === undefined) {
    return '–';
  }
  if (value < 1000) {
    return `${whole.format(value)} ms`;
  }
  const seconds = value / 1000;
  if (seconds < 60) {
    return `${tenths.format(Math.floor(seconds * 10) / 10)} s`;
  }
  const [large, largeUnit, small, smallUnit] = seconds < 3600
    ? [seconds / 60, 'min', seconds % 60, 's']
    : seconds < 86400
      ? [seconds / 3600, 'h', (seconds % 3600) / 60, 'min']
      : [seconds / 86400, 'd', (seconds % 86400) / 3600, 'h'];
  return `${Math.floor(large)} ${largeUnit}${Math.floor(small) > 0 ? ` ${Math.floor(small)} ${smallUnit}` : ''}`;
}

/** 14:03:07.250, of Unix milliseconds or an ISO time */
export function clock(time) {
  const at = new Date(time);
  return `${at.toLocaleTimeString('en-GB')}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** 2026-11-21 14:03:07 */
export function date(time) {
  const at = new Date(time);
  return `${at.toLocaleDateString('sv-SE')} ${at.toLocaleTimeString('en-GB')}`;
}

/** config_cache → config cache */
export const words = name => name.replaceAll('_', ' ');

/** 1 call, 2 calls */
export const many = (number, noun) => `${count(number)} ${noun}${number === 1 ? '' : 's'}`;

/** What people know a gateway by: as the launcher's lines and telemetry call it, or else its id. */
export const nameOf = gateway => gateway.figures?.instance_id ?? gateway.id;

/** Gateways in the order of their names. */
export const byName = gateways => gateways.toSorted((one, other) => nameOf(one).localeCompare(nameOf(other), 'en', { numeric: true }));

/** service/function@version */
export const functionName = of => `${of.service}/${of.request_type}${of.version ? `@${of.version}` : ''}`;
