// The input of the model: the same 224 x 224 pixels that the library computes from a decoded image.
// It uses no other module, and runs in browsers and in Node.js.

export const SIDE = 224;

const FRACTION_BITS = 22;
const HALF = 1 << (FRACTION_BITS - 1);

/**
 * Resizes an image to the input of the model, with an anti-aliased triangle filter in integers.
 * @param {Uint8Array | Uint8ClampedArray} rgba Four bytes per pixel, row by row, upright. Colors are not multiplied by
 *   alpha.
 * @param {number} width The width of the image in pixels.
 * @param {number} height The height of the image in pixels.
 * @param {"Fill" | "CenterCrop"} fit Whether the whole image is stretched to the square, or cropped to its largest
 *   centered square; the value of the model's metadata `visualsentiment.fit`.
 * @returns {Uint8Array} 224 x 224 x 3 bytes: height, width, and the channels red, green and blue.
 */
export function toPixels(rgba, width, height, fit = "Fill") {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1)
    throw new RangeError(`The size is ${width} x ${height}; both sides must be integers of at least 1.`);
  if (rgba.length !== 4 * width * height)
    throw new RangeError(`The image has ${rgba.length} bytes; ${width} x ${height} pixels need ${4 * width * height}.`);
  if (fit !== "Fill" && fit !== "CenterCrop")
    throw new RangeError(`The fit is "${fit}"; it must be "Fill" or "CenterCrop".`);

  const side = Math.min(width, height);
  const [columns, rows] = fit === "Fill" ? [width, height] : [side, side];
  const horizontal = triangles(Math.floor((width - columns) / 2), columns);
  const vertical = triangles(Math.floor((height - rows) / 2), rows);

  // Rows first, rounded to bytes, then columns: the order changes the result.
  const top = vertical[0].first;
  const narrow = new Uint8Array(3 * SIDE * rows);
  const opaque = new Uint8Array(3 * width);
  for (let y = 0; y < rows; y++) {
    blendWithWhite(rgba, 4 * width * (top + y), opaque);
    filter(opaque, 0, 3, horizontal, narrow, 3 * SIDE * y, 3);
  }
  const pixels = new Uint8Array(3 * SIDE * SIDE);
  for (let x = 0; x < SIDE; x++)
    filter(narrow, 3 * x - 3 * SIDE * top, 3 * SIDE, vertical, pixels, 3 * x, 3 * SIDE);
  return pixels;
}

/** The first pixel and the weights of each output pixel, for `count` pixels from `origin`. Weights add up to 2^22. */
function triangles(origin, count) {
  const scale = count / SIDE;
  const support = Math.max(1, scale);
  return Array.from({ length: SIDE }, (_, output) => {
    const center = (output + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(count, Math.trunc(center + support + 0.5));
    const exact = [];
    let sum = 0;
    for (let i = first; i < end; i++) {
      const weight = Math.max(0, 1 - Math.abs((i - center + 0.5) / support));
      exact.push(weight);
      sum += weight;
    }
    const weights = Int32Array.from(exact, weight => Math.floor(0.5 + weight / sum * (1 << FRACTION_BITS)));
    return { first: origin + first, weights };
  });
}

function filter(source, start, step, triangles, target, offset, stride) {
  for (const { first, weights } of triangles) {
    let red = HALF, green = HALF, blue = HALF;
    let i = start + step * first;
    for (const weight of weights) {
      red += weight * source[i];
      green += weight * source[i + 1];
      blue += weight * source[i + 2];
      i += step;
    }
    target[offset] = red >> FRACTION_BITS;
    target[offset + 1] = green >> FRACTION_BITS;
    target[offset + 2] = blue >> FRACTION_BITS;
    offset += stride;
  }
}

function blendWithWhite(rgba, start, rgb) {
  for (let i = start, o = 0; o < rgb.length; i += 4, o += 3) {
    const alpha = rgba[i + 3];
    for (let c = 0; c < 3; c++)
      rgb[o + c] = Math.trunc((rgba[i + c] * alpha + 127) / 255) + 255 - alpha;
  }
}
