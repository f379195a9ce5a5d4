/**
 * What a process computes on: the device that TensorFlow may use, NVIDIA's driver, the libraries of
 * CUDA and cuDNN, found or extracted and loaded before TensorFlow opens them.
 */
package dev.recal.ops.runtime;
