// Describes elements, and makes a part of the page look as described while touching only what differs, so that focus, selection and
// scroll stay where they are when a page is shown anew every few seconds. Texts become text nodes, never markup.

const svg = 'http://www.w3.org/2000/svg';

// What an element was last described as.
const described = new WeakMap();

/**
 * An element to show.
 * @param {string} tag Its name.
 * @param {object|null} props Attributes; `on…` are event handlers, `key` tells siblings apart, and null, undefined or false mean: not there.
 * @param {...any} children Elements, texts, numbers, lists of these, or null, undefined and false for nothing.
 */
export function h(tag, props, ...children) {
  return { tag, props: props ?? {}, children: flat(children) };
}

/** Makes the children of an element those that are described. */
export function show(parent, ...children) {
  patchChildren(parent, flat(children));
}

function flat(children) {
  return children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false && child !== '');
}

function patchChildren(parent, wanted) {
  const keyed = takeKeyed(parent, wanted);
  let next = parent.firstChild;
  for (const child of wanted) {
    const known = keyOf(child) === undefined ? firstFitting(next, child) : taken(keyed, keyOf(child));
    if (!known || !fits(known, child)) {
      parent.insertBefore(create(child, parent), next);
      continue;
    }
    if (keyOf(child) === undefined) {
      // What stood before it is described no more.
      while (next !== known) {
        next = withoutFirst(next);
      }
    }
    if (known === next) {
      next = next.nextSibling;
    } else {
      parent.insertBefore(known, next);
    }
    patch(known, child);
  }

  while (next) {
    next = withoutFirst(next);
  }
}

const keyOf = child => child.props?.key;

/** The children with a key, by it. Those that are wanted no more go first: else all that follow them would have to move, and lose the focus. */
function takeKeyed(parent, wanted) {
  const keys = new Set(wanted.map(keyOf));
  const keyed = new Map();
  let next = parent.firstChild;
  while (next) {
    const node = next;
    const key = described.get(node)?.props.key;
    next = node.nextSibling;
    if (key !== undefined && (!keys.has(key) || keyed.has(key))) {
      node.remove();
    } else if (key !== undefined) {
      keyed.set(key, node);
    }
  }
  return keyed;
}

/** Each node stands for one child; of two with the same key, the second gets a node of its own. */
function taken(keyed, key) {
  const node = keyed.get(key);
  keyed.delete(key);
  return node;
}

/** The next node that can become an element or a text without a key: when what stood before it goes away, it stays. */
function firstFitting(node, child) {
  while (node && !fits(node, child)) {
    node = described.get(node)?.props.key === undefined ? node.nextSibling : null;
  }
  return node;
}

function withoutFirst(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function fits(node, child) {
  if (typeof child !== 'object') {
    return node.nodeType === Node.TEXT_NODE;
  }
  const last = described.get(node);
  return last !== undefined && last.tag === child.tag && last.props.key === child.props.key;
}

function create(child, parent) {
  if (typeof child !== 'object') {
    return document.createTextNode(String(child));
  }
  const node = child.tag === 'svg' || (parent.namespaceURI === svg && parent.tagName !== 'foreignObject')
    ? document.createElementNS(svg, child.tag)
    : document.createElement(child.tag);
  patch(node, child);
  return node;
}

function patch(node, child) {
  if (typeof child !== 'object') {
    if (node.data !== String(child)) {
      node.data = String(child);
    }
    return;
  }

  const last = described.get(node)?.props ?? {};
  described.set(node, child);
  for (const name of Object.keys(last)) {
    if (!(name in child.props)) {
      setProperty(node, name, null, last[name]);
    }
  }
  for (const [name, value] of Object.entries(child.props)) {
    if (value !== last[name]) {
      setProperty(node, name, value, last[name]);
    }
  }
  patchChildren(node, child.children);

  // What was typed, ticked or chosen lives in properties, whatever was described last; a select has a value only once it has options.
  for (const name of ['value', 'checked']) {
    if (name in child.props && node[name] !== undefined && node[name] !== (child.props[name] ?? '')) {
      node[name] = child.props[name] ?? '';
    }
  }
}

function setProperty(node, name, value, last) {
  if (name === 'key' || name === 'checked' || (name === 'value' && 'value' in node && node.tagName !== 'OPTION')) {
    return;
  }
  if (name.startsWith('on')) {
    const event = name.slice(2).toLowerCase();
    if (last) {
      node.removeEventListener(event, last);
    }
    if (value) {
      node.addEventListener(event, value);
    }
  } else if (value === null || value === undefined || value === false) {
    node.removeAttribute(name);
  } else {
    node.setAttribute(name, value === true ? '' : value);
  }
}
