// Runs the model in the browser: the file that the server uses, on pixels that are computed here.

import { toPixels, SIDE } from "./pixels.js";

let loaded; // The promise of a session, and the model it belongs to.

/**
 * Computes the probabilities of an image.
 * @param {Blob} file The image file.
 * @param {{ fit: string, classes: string[], loadedAt: string }} model The description of the model by the server.
 * @returns {Promise<number[]>} One probability per class, in the order of the classes.
 */
export async function predict(file, model) {
  const [{ ort, session }, image] = await Promise.all([load(model.loadedAt), decode(file)]);
  const pixels = toPixels(image.data, image.width, image.height, model.fit);
  const input = new ort.Tensor("uint8", pixels, [1, SIDE, SIDE, 3]);
  const { Score: scores } = await session.run({ pixels: input }, ["Score"]);
  return Array.from(scores.data);
}

/** Decodes an image as the library does: EXIF orientation is applied, a color profile is not. */
export async function decode(file) {
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none", imageOrientation: "from-image" });
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

function load(version) {
  if (loaded?.version !== version) {
    const promise = open();
    loaded = { version, promise };
    promise.catch(() => loaded = undefined);
  }
  return loaded.promise;
}

async function open() {
  const [ort, response] = await Promise.all([
    import("./ort/ort.wasm.bundle.min.mjs").catch(() => {
      throw new Error("The server has no ONNX Runtime for browsers. Install npm there and build the sample again.");
    }),
    fetch("model"),
  ]);
  if (!response.ok)
    throw new Error((await response.json()).detail);
  // More threads need headers that forbid images of other sites.
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm: new URL("./ort/ort-wasm-simd-threaded.wasm", import.meta.url).href };
  return { ort, session: await ort.InferenceSession.create(new Uint8Array(await response.arrayBuffer())) };
}
