/**
 * Growth as a picture: time and memory over the number of machines, on two panels of one SVG. Pure: figures in, text
 * out. Colours are told apart in light and dark pages alike.
 */

const WIDTH = 360;
const HEIGHT = 240;
const LEFT = 56;
const RIGHT = 16;
const TOP = 34;
const BOTTOM = 40;

/**
 * @param {readonly { machines: number, p50: number, peakMiB: number | null }[]} sizes in ascending order
 * @returns {string} an SVG document
 */
export function growthChart(sizes) {
  const panels = [
    { title: 'cold inspect (s)', colour: '#2f7ed8', values: sizes.map(size => size.p50 / 1000), bar: 4 },
    { title: 'peak memory (MiB)', colour: '#d9822b', values: sizes.map(size => size.peakMiB ?? 0), bar: 400 },
  ];
  const machines = sizes.map(size => size.machines);
  const body = panels.map((each, index) => panel(each, machines, index * WIDTH)).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${2 * WIDTH}" height="${HEIGHT}" viewBox="0 0 ${2 * WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11" fill="#808080" role="img">
  <title>Time and memory of a cold inspect, by the number of machines</title>
${body}</svg>
`;
}

function panel({ title, colour, values, bar }, machines, shift) {
  const widest = Math.max(...machines);
  const highest = Math.max(bar, ...values) * 1.1;
  const x = value => round(shift + LEFT + (value / widest) * (WIDTH - LEFT - RIGHT));
  const y = value => round(HEIGHT - BOTTOM - (value / highest) * (HEIGHT - TOP - BOTTOM));
  const lines = [
    text(shift + LEFT, 18, title, 'start', 13),
    line(x(0), y(0), x(widest), y(0), '#808080'),
    line(x(0), y(0), x(0), y(highest), '#808080'),
    line(x(0), y(bar), x(widest), y(bar), '#808080', ' stroke-dasharray="4 4"'),
    text(x(0) - 6, y(bar) + 4, `bar ${bar}`, 'end'),
    text(x(0) - 6, y(0) + 4, '0', 'end'),
    text(x(widest / 2), HEIGHT - 6, 'machines', 'middle'),
    ...machines.map(count => text(x(count), y(0) + 15, String(count), 'middle')),
    `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${machines.map((count, i) => `${x(count)},${y(values[i])}`).join(' ')}"/>`,
    ...machines.map((count, i) => `<circle cx="${x(count)}" cy="${y(values[i])}" r="3.5" fill="${colour}"/>`),
    ...machines.map((count, i) => text(x(count), y(values[i]) - 8, shown(values[i]), 'end')),
  ];
  return `${lines.map(each => `  ${each}`).join('\n')}\n`;
}

function line(x1, y1, x2, y2, colour, more = '') {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}"${more}/>`;
}

function text(x, y, content, anchor, size = 11) {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" font-size="${size}">${content}</text>`;
}

function shown(value) {
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}

function round(value) {
  return Math.round(value * 10) / 10;
}
