/** Image files through a model. */
package dev.recal.tools.predict;
