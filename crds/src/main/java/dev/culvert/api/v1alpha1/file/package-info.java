/** The same documents from files, for the agent that runs without Kubernetes. */
@NullMarked
package dev.culvert.api.v1alpha1.file;

import org.jspecify.annotations.NullMarked;
