/** Renders a picture as a bitmap. */

/** The largest canvas that all browsers support. */
const MAX_SIDE = 16_000;
const MAX_AREA = 120_000_000;

/** Returns a PNG in base64, at twice the size for high-resolution screens if that is possible. */
export async function pngOf(svg: string): Promise<string> {
  const image = new Image();
  let binary = '';
  for (const byte of new TextEncoder().encode(svg)) binary += String.fromCharCode(byte);
  image.src = `data:image/svg+xml;base64,${btoa(binary)}`;
  await image.decode();
  const { width, height } = image;
  const scale = Math.min(2, MAX_SIDE / width, MAX_SIDE / height, Math.sqrt(MAX_AREA / (width * height)));
  const sheet = document.createElement('canvas');
  sheet.width = Math.round(width * scale);
  sheet.height = Math.round(height * scale);
  sheet.getContext('2d')?.drawImage(image, 0, 0, sheet.width, sheet.height);
  return sheet.toDataURL('image/png').split(',')[1] ?? '';
}
