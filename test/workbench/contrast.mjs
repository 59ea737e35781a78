// How much things of the graph's page stand out from what they lie on, as WCAG measures it.

/**
 * What lies in the page with too little contrast to what it lies on: texts below 4.5, others below 3.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string[]>}
 */
export function lowContrast(page) {
  return page.evaluate(() => {
    const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const read = text => {
      if (pen === null) throw new Error('no canvas');
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = text;
      pen.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0, alpha = 0] = pen.getImageData(0, 0, 1, 1).data;
      return [red, green, blue, alpha / 255];
    };
    const over = (top, below, opacity = 1) => {
      const alpha = top[3] * opacity;
      const mix = at => top[at] * alpha + below[at] * (1 - alpha);
      return [mix(0), mix(1), mix(2), 1];
    };
    const light = colour => {
      const part = value => (value <= 10.31475 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4);
      return 0.2126 * part(colour[0]) + 0.7152 * part(colour[1]) + 0.0722 * part(colour[2]);
    };
    const contrast = (a, b) => {
      const [darker = 0, lighter = 0] = [light(a), light(b)].sort((one, other) => one - other);
      return (lighter + 0.05) / (darker + 0.05);
    };
    const paper = read(getComputedStyle(document.body).backgroundColor);
    const boxUnder = element => {
      const rect = element.closest('.node, .group')?.querySelector('rect:not(.behind)');
      if (!rect) return paper;
      const { fill, fillOpacity } = getComputedStyle(rect);
      return over(read(fill), paper, Number(fillOpacity));
    };
    const low = [];
    let measured = 0;
    const ask = (element, what, colour, below, least) => {
      measured++;
      const found = colour === 'none' ? 1 : contrast(over(read(colour), below), below);
      const name = element.closest('[data-id]')?.getAttribute('data-id') ?? element.getAttribute('class');
      if (found < least) low.push(`${what} of ${name}: ${found.toFixed(2)}`);
    };
    for (const text of document.querySelectorAll('svg text'))
      ask(text, 'text', getComputedStyle(text).fill, boxUnder(text), 4.5);
    for (const mark of document.querySelectorAll('.mark')) {
      ask(mark, 'mark', getComputedStyle(mark).color, boxUnder(mark), 3);
      for (const cut of mark.querySelectorAll('.cut'))
        ask(mark, 'cut', getComputedStyle(cut).stroke, read(getComputedStyle(mark).color), 3);
    }
    for (const rect of document.querySelectorAll('.node rect, .group rect, .sample')) {
      ask(rect, 'border', getComputedStyle(rect).stroke, paper, 3);
      const box = boxUnder(rect);
      // A box that stands out itself needs no border.
      if (!rect.classList.contains('behind') && contrast(box, paper) < 3)
        ask(rect, 'border', getComputedStyle(rect).stroke, box, 3);
    }
    for (const edge of document.querySelectorAll('.edge'))
      ask(edge, 'line', getComputedStyle(edge).stroke, paper, 3);
    for (const head of document.querySelectorAll('marker path'))
      ask(head, 'arrow', getComputedStyle(head).fill, paper, 3);
    for (const part of document.querySelectorAll('#minimap div'))
      for (const colour of [getComputedStyle(part).color, getComputedStyle(part).borderTopColor])
        ask(part, 'minimap', colour, paper, 3);
    return measured < 12 ? ['nearly nothing was measured'] : low;
  });
}

/** How the lines of what selectors mean are dashed. @param {import('playwright-core').Page} page */
export function strokesOf(page, selectors) {
  return page.evaluate(
    wanted => wanted.map(one => getComputedStyle(document.querySelector(`#sheet ${one}`)).strokeDasharray),
    selectors,
  );
}
