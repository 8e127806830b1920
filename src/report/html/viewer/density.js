/**
 * A lane as a picture of its own, one pixel per column: where thousands of columns have something to show each, lines
 * and rectangles are far too slow for a frame.
 */
export class Density {
  constructor() {
    this.canvas = new OffscreenCanvas(1, 1);
    this.pen = /** @type {OffscreenCanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    this.image = this.pen.createImageData(1, 1);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.isEmpty = true;
  }

  /**
   * @param {number} width in columns
   * @param {number} height in rows
   */
  clear(width, height) {
    if (this.image.width === width && this.image.height === height) {
      if (!this.isEmpty) this.pixels.fill(0);
    } else {
      this.canvas.width = width;
      this.canvas.height = height;
      this.image = this.pen.createImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    this.isEmpty = true;
  }

  /**
   * @param {number} column
   * @param {number} top first row, from above
   * @param {number} bottom row below the last
   * @param {number} color as pixelOf() gives it
   * @param {number} [stripes] the colour of thin stripes in it
   */
  add(column, top, bottom, color, stripes = color) {
    const { width } = this.image;
    const end = Math.round(bottom);
    for (let row = Math.round(top); row < end; row++) {
      this.pixels[row * width + column] = (row + column) % 4 === 0 ? stripes : color;
    }
    this.isEmpty = false;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} x
   * @param {number} y
   */
  show(context, x, y) {
    if (this.isEmpty) return;
    this.pen.putImageData(this.image, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.canvas, x, y);
  }
}

/**
 * A colour of the style sheet as a pixel of an image, on a little-endian machine.
 * @param {string} color #rrggbb
 */
export function pixelOf(color) {
  const [, red, green, blue] = /^#(..)(..)(..)$/.exec(color) ?? ['', '80', '80', '80'];
  return Number(`0xff${blue}${green}${red}`);
}
