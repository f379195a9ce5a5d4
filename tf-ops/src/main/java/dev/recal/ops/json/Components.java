package dev.recal.ops.json;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reflection over records. */
final class Components {

  private Components() {}

  static Object value(Record row, RecordComponent component) {
    Method accessor = component.getAccessor();
    try {
      accessor.setAccessible(true);
      return accessor.invoke(row);
    } catch (ReflectiveOperationException broken) {
      throw new IllegalStateException("cannot read " + component, broken);
    }
  }

  /** Returns whether a component's members are members of the record that has it. */
  static boolean flattened(RecordComponent component) {
    if (!component.isAnnotationPresent(Flattened.class)) {
      return false;
    }
    if (!component.getType().isRecord()) {
      throw new IllegalStateException(
          component + ": expected a record to flatten, but got " + component.getType() + ".");
    }
    return true;
  }

  /** Returns the names of a record's members in JSON, in order. */
  static List<String> members(Class<?> type) {
    List<String> names = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      names.addAll(
          flattened(component) ? members(component.getType()) : List.of(component.getName()));
    }
    if (Set.copyOf(names).size() < names.size()) {
      throw new IllegalStateException(
          type + ": expected different members, but got " + names + ".");
    }
    return names;
  }

  /** Returns the class between the angle brackets of {@code Optional<T>} or {@code List<T>}. */
  static Class<?> argument(RecordComponent component) {
    Type argument = ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
    return (Class<?>) (argument instanceof ParameterizedType own ? own.getRawType() : argument);
  }

  /** Returns the record of {@code defaults()}, if the class has that method. */
  static Optional<Record> defaults(Class<?> type) {
    try {
      Method method = type.getDeclaredMethod("defaults");
      method.setAccessible(true);
      return Optional.of((Record) method.invoke(null));
    } catch (NoSuchMethodException none) {
      return Optional.empty();
    } catch (ReflectiveOperationException broken) {
      throw new IllegalStateException("cannot call " + type + ".defaults()", broken);
    }
  }

  static Constructor<?> canonical(Class<?> type) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types);
    } catch (NoSuchMethodException broken) {
      throw new IllegalStateException("cannot make a " + type, broken);
    }
  }

  /**
   * Returns the non-canonical constructor whose parameters have exactly these names, if there is
   * one.
   */
  static Optional<Constructor<?>> constructor(Class<?> type, Set<String> names) {
    Constructor<?> canonical = canonical(type);
    return Arrays.stream(type.getDeclaredConstructors())
        .filter(constructor -> !constructor.equals(canonical))
        .filter(
            constructor ->
                Arrays.stream(constructor.getParameters())
                    .map(Parameter::getName)
                    .collect(Collectors.toSet())
                    .equals(names))
        .<Constructor<?>>map(constructor -> constructor)
        .findFirst();
  }

  static Record create(Constructor<?> constructor, Object[] values)
      throws InvocationTargetException {
    try {
      constructor.setAccessible(true);
      return (Record) constructor.newInstance(values);
    } catch (InvocationTargetException refused) {
      throw refused;
    } catch (ReflectiveOperationException broken) {
      throw new IllegalStateException("cannot call " + constructor, broken);
    }
  }
}
